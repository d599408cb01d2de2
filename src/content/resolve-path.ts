import { CID } from 'multiformats/cid'
import type { AbortOptions } from '../ports.ts'
import type { ContentPath } from './content-path.ts'
import { DAG_PB, DagError, dataOf, decodePbNode, isLeaf } from './dag-links.ts'
import type { WalkSource } from './dag-walk.ts'
import { hamtLink, hashOfName } from './hamt.ts'
import { PathError } from './path-error.ts'
import { decodeUnixFs } from './decode-unixfs.ts'

/** Where a path leads: a block, and the names that are left, which lead to a value within it. */
export interface ResolvedPath {
  readonly cid: CID
  /** The CID behind each name that led to a block, that of the root first. */
  readonly roots: readonly CID[]
  /** Blocks on the way, shards as well, from the root to the one before the end. Bounded: `MAX_BLOCKS`. */
  readonly way: readonly CID[]
  readonly rest: readonly string[]
  /** The value within the block; undefined when the path names the block as a whole. */
  readonly value?: unknown
}

/** Blocks that one path may lead through. */
const MAX_BLOCKS = 1_024

/**
 * Follows a path from block to block: names of folders in files, sharded or not, keys and indices in data. Reads no block
 * when the path is a CID alone. Throws `PathError` for a name that is not there, `DagError` for blocks that cannot be read.
 */
export async function resolvePath(
  source: WalkSource,
  path: ContentPath,
  { signal }: AbortOptions = {}
): Promise<ResolvedPath> {
  const way = new Way(source, path, signal)
  const roots = [path.cid]
  let cid = path.cid
  for (let at = 0; at < path.names.length;) {
    const bytes = await way.read(cid)
    if (cid.code === DAG_PB && path.asData !== true) {
      cid = await entryOf(way, cid, bytes, path.names[at] ?? '')
      at += 1
    } else {
      const rest = path.names.slice(at)
      const { link, used, value } = walkValue(cid, bytes, rest)
      if (link === undefined) return { cid, roots, way: way.blocks.slice(0, -1), rest, value }
      cid = link
      at += used
    }
    roots.push(cid)
  }
  return { cid, roots, way: way.blocks, rest: [] }
}

/** The blocks of one path. */
class Way {
  /** Bounded: `MAX_BLOCKS`. */
  readonly blocks: CID[] = []
  readonly #source: WalkSource
  readonly #path: ContentPath
  readonly #signal: AbortSignal | undefined

  constructor(source: WalkSource, path: ContentPath, signal: AbortSignal | undefined) {
    this.#source = source
    this.#path = path
    this.#signal = signal
  }

  async read(cid: CID): Promise<Uint8Array> {
    if (this.blocks.length >= MAX_BLOCKS) {
      const text = [this.#path.cid.toString(), ...this.#path.names].join('/')
      throw new DagError(`"${text}" leads through more than ${MAX_BLOCKS} blocks`)
    }
    this.blocks.push(cid)
    return await this.#source.get(cid, { signal: this.#signal })
  }
}

/** The entry of a folder, or the link of a plain node. */
async function entryOf(way: Way, folder: CID, bytes: Uint8Array, name: string): Promise<CID> {
  let node = decodePbNode(folder, bytes)
  let hash: bigint | undefined
  for (let level = 0; ; level++) {
    const unixfs = decodeUnixFs(node)
    if (unixfs?.type !== 'hamt') {
      // Links of a file have no names, and an empty one is never asked for.
      const link = node.Links.find(({ Name }) => Name === name)
      if (link === undefined || level > 0) throw noLink(folder, name)
      return link.Hash
    }
    hash ??= await hashOfName(name)
    const found = hamtLink(unixfs, node.Links, { name, hash }, level)
    if (found === undefined) throw noLink(folder, name)
    if (found.isEntry) return found.link.Hash
    node = decodePbNode(found.link.Hash, await way.read(found.link.Hash))
  }
}

interface Within {
  /** The block that was linked to, after so many names. */
  readonly link?: CID
  readonly used: number
  readonly value?: unknown
}

/** Follows names inside of one block until they meet a link. */
function walkValue(cid: CID, bytes: Uint8Array, names: readonly string[]): Within {
  if (isLeaf(cid)) throw noLink(cid, names[0] ?? '')
  let value = dataOf(cid, bytes)
  for (const [index, name] of names.entries()) {
    const isInside = typeof value === 'object' && value !== null && isEntry(value, name)
    if (!isInside || value instanceof Uint8Array) throw new PathError(`key not found: ${JSON.stringify(name)}`)
    value = Reflect.get(value as object, name)
    const link = CID.asCID(value)
    if (link !== null) return { link, used: index + 1 }
  }
  return { value, used: names.length }
}

/** What is in the data, and not what its object in memory has beside that, such as the length of a list. */
function isEntry(value: object, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, name)
}

/** In Kubo's words, which its clients read. */
export function noLink(cid: CID, name: string): PathError {
  return new PathError(`no link named ${JSON.stringify(name)} under ${cid.toString()}`)
}
