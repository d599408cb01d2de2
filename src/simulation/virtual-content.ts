import { encode, type PBLink } from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { InvalidParametersError } from '../errors.ts'
import { SHA2_256_CODE } from '../hashing/hash-codes.ts'
import type { Hashers } from '../ports.ts'
import { contentBytes } from './content-bytes.ts'
import { unixfsLeaf, unixfsLeafBytes, unixfsParent } from './unixfs-file.ts'
import { virtualHashers } from './virtual-hashers.ts'

/** A block, and the blocks its links name. Shared between all who have it: not to be written to. */
export interface FileBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
  readonly links: readonly CID[]
}

export interface VirtualFile {
  readonly root: CID
  /** All of it, level by level, the root first. */
  readonly blocks: readonly FileBlock[]
  /** The root's level first, that of the leaves last. A flat file has one level. */
  readonly levels: readonly (readonly FileBlock[])[]
  /** Bytes of all blocks together. */
  readonly blockBytes: number
}

export interface ContentOptions {
  /** Which of a world's files: others have other blocks. The default: 0. */
  readonly index?: number
  /** Blocks are what they claim to be: true sha2-256 digests, and leaves that a UnixFS reader can read. */
  readonly realBytes?: boolean
}

export interface FileShape extends ContentOptions {
  /** Size of the file, without what holds it together. */
  readonly bytes: number
  /** Content bytes in a leaf. The default: 262,144. */
  readonly chunk?: number
  /** `balanced` (default): a UnixFS tree as Kubo makes it. `flat`: leaves alone, in a list; the first is called the root. */
  readonly layout?: 'balanced' | 'flat'
  /** Links of a node of the tree at most. The default: 174. */
  readonly links?: number
  /** Leaves are bare content; otherwise, and by default, dag-pb nodes, 14 bytes longer at 256 KiB. */
  readonly rawLeaves?: boolean
}

export interface ListShape extends ContentOptions {
  /** Bytes of each block. */
  readonly sizes: readonly number[]
}

const DAG_PB = 0x70
const RAW = 0x55
const DEFAULT_CHUNK = 262_144
const DEFAULT_LINKS = 174

interface Node extends FileBlock {
  /** Bytes of this block and all below it, as links say it. */
  readonly totalBytes: number
  /** Bytes of the file that it holds. */
  readonly fileBytes: number
}

/**
 * A file of distinct pseudo-random content, whose blocks have the exact sizes of real ones. Without `realBytes`, leaves are
 * views on memory that all files share, and CIDs hold the virtual digests of `virtualHashers()`.
 */
export function createFile(shape: FileShape): VirtualFile {
  const { bytes, chunk = DEFAULT_CHUNK, layout = 'balanced', links = DEFAULT_LINKS } = shape
  requireWhole('bytes', bytes, 0)
  requireWhole('chunk', chunk, 1)
  requireWhole('links', links, 2)
  const hashers = virtualHashers(shape)
  const count = Math.max(1, Math.ceil(bytes / chunk))
  const leaves = Array.from({ length: count }, (_, leaf) => {
    const size = Math.min(chunk, bytes - leaf * chunk)
    return leafNode(hashers, shape, leaf, size)
  })
  const levels: (readonly Node[])[] = [leaves]
  if (layout === 'balanced') {
    for (let level: readonly Node[] = leaves; level.length > 1; levels.unshift(level)) {
      level = parentsOf(hashers, level, links)
    }
  }
  return fileOf(levels)
}

/** Blocks of given sizes, without links, such as microbenchmarks ask for. The first is called the root. */
export function createList(shape: ListShape): VirtualFile {
  const { sizes, index = 0 } = shape
  if (sizes.length === 0) throw new InvalidParametersError('sizes is empty: expected one size at least')
  const hashers = virtualHashers(shape)
  for (const [at, size] of sizes.entries()) requireWhole(`sizes[${at}]`, size, 1)
  return fileOf([sizes.map((size, at) => rawNode(hashers, contentBytes(index, at, size)))])
}

function leafNode(hashers: Hashers, shape: FileShape, leaf: number, size: number): Node {
  const { index = 0, rawLeaves = false, realBytes = false } = shape
  if (rawLeaves) return rawNode(hashers, contentBytes(index, leaf, size))
  const bytes = realBytes
    ? unixfsLeaf(contentBytes(index, leaf, size))
    : contentBytes(index, leaf, unixfsLeafBytes(size))
  return nodeOf(hashers, DAG_PB, bytes, [], size)
}

function rawNode(hashers: Hashers, bytes: Uint8Array): Node {
  return nodeOf(hashers, RAW, bytes, [], bytes.byteLength)
}

function parentsOf(hashers: Hashers, nodes: readonly Node[], links: number): Node[] {
  const parents: Node[] = []
  for (let at = 0; at < nodes.length; at += links) parents.push(parentOf(hashers, nodes.slice(at, at + links)))
  return parents
}

function parentOf(hashers: Hashers, children: readonly Node[]): Node {
  const Links: PBLink[] = children.map(({ cid, totalBytes }) => ({ Hash: cid, Name: '', Tsize: totalBytes }))
  const sizes = children.map(({ fileBytes }) => fileBytes)
  const bytes = encode({ Data: unixfsParent(sizes), Links })
  return nodeOf(hashers, DAG_PB, bytes, children, sum(sizes))
}

function nodeOf(
  hashers: Hashers,
  codec: number,
  bytes: Uint8Array,
  children: readonly Node[],
  fileBytes: number
): Node {
  const cid = CID.createV1(codec, Digest.create(SHA2_256_CODE, hashers.digest(SHA2_256_CODE, bytes)))
  const totalBytes = bytes.byteLength + sum(children.map((child) => child.totalBytes))
  return { cid, bytes, links: children.map((child) => child.cid), totalBytes, fileBytes }
}

function fileOf(levels: readonly (readonly Node[])[]): VirtualFile {
  const blocks = levels.flat()
  const root = blocks[0]?.cid
  if (root === undefined) throw new InvalidParametersError('a file without blocks')
  return { root, blocks, levels, blockBytes: sum(blocks.map(({ bytes }) => bytes.byteLength)) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new InvalidParametersError(`${name} is ${value}: expected a whole number, ${least} or more`)
}
