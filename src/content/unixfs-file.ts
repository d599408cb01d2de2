import { code as DAG_PB, encode as encodePb, prepare } from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { SHA2_256_CODE } from '../hashing/hash-codes.ts'
import { varintBytes } from './varint-bytes.ts'
import { RAW } from './dag-links.ts'

export interface FileOptions {
  /** Bytes of the file that make one block. */
  readonly chunkBytes: number
  readonly cidVersion: 0 | 1
  /** File data in raw blocks, and not in nodes of dag-pb. */
  readonly rawLeaves: boolean
  /** Links of one node. */
  readonly maxLinks: number
}

export interface BuiltFile {
  readonly cid: CID
  /** Bytes of all its blocks. */
  readonly size: number
}

export interface FileParts {
  /** The sha2-256 of some bytes. */
  readonly digest: (bytes: Uint8Array) => Uint8Array
  /** Takes a block, and resolves when it can take the next. The bytes are not changed afterwards. */
  readonly put: (cid: CID, bytes: Uint8Array) => Promise<void>
}

interface Node extends BuiltFile {
  /** Bytes of the file below it. */
  readonly fileBytes: number
}

/** UnixFS knows several kinds of nodes; 2 is a file. */
const FILE_TYPE = [0x08, 0x02]
const DATA_FIELD = 0x12
const SIZE_FIELD = 0x18
const BLOCK_SIZE_FIELD = 0x20

/**
 * Makes the blocks of a file in the balanced layout that Kubo makes: chunks of one size, nodes with so many links, all
 * chunks equally deep; a file of one chunk is that chunk. Holds one chunk, and the links of one node a level.
 */
export async function buildFile(
  content: AsyncIterable<Uint8Array>,
  parts: FileParts,
  options: FileOptions
): Promise<BuiltFile> {
  const tree = new Tree(parts, options)
  let count = 0
  for await (const chunk of chunksOf(content, options.chunkBytes)) {
    await tree.leaf(chunk)
    count += 1
  }
  if (count === 0) await tree.leaf(new Uint8Array(0))
  return await tree.finish()
}

class Tree {
  readonly #parts: FileParts
  readonly #options: FileOptions
  /** Nodes that have no parent yet, the leaves first. Bounded: `maxLinks` a level; a level for each power of that. */
  readonly #levels: Node[][] = []

  constructor(parts: FileParts, options: FileOptions) {
    this.#parts = parts
    this.#options = options
  }

  async leaf(chunk: Uint8Array): Promise<void> {
    if (this.#options.rawLeaves) {
      await this.#push(0, { cid: await this.#put(RAW, chunk), size: chunk.length, fileBytes: chunk.length })
      return
    }
    const bytes = encodePb(prepare({ Data: fileNode(chunk.length, chunk), Links: [] }))
    await this.#push(0, { cid: await this.#put(DAG_PB, bytes), size: bytes.length, fileBytes: chunk.length })
  }

  /** Gives whoever has none a parent, up to the root. */
  async finish(): Promise<BuiltFile> {
    for (let level = 0; ; level++) {
      const nodes = this.#levels[level] ?? []
      const [only] = nodes
      const isTop = this.#levels.slice(level + 1).every((above) => above.length === 0)
      if (isTop && nodes.length === 1 && only !== undefined) return { cid: only.cid, size: only.size }
      if (nodes.length > 0) await this.#close(level)
    }
  }

  async #push(level: number, node: Node): Promise<void> {
    const nodes = (this.#levels[level] ??= [])
    nodes.push(node)
    if (nodes.length === this.#options.maxLinks) await this.#close(level)
  }

  /** Makes one node of all on this level. */
  async #close(level: number): Promise<void> {
    const nodes = this.#levels[level] ?? []
    this.#levels[level] = []
    const fileBytes = nodes.reduce((sum, node) => sum + node.fileBytes, 0)
    const Links = nodes.map(({ cid, size }) => ({ Name: '', Tsize: size, Hash: cid }))
    const sizes = nodes.map((node) => node.fileBytes)
    const bytes = encodePb({ Data: fileNode(fileBytes, undefined, sizes), Links })
    const size = bytes.length + nodes.reduce((sum, node) => sum + node.size, 0)
    await this.#push(level + 1, { cid: await this.#put(DAG_PB, bytes), size, fileBytes })
  }

  async #put(code: number, bytes: Uint8Array): Promise<CID> {
    const digest = createDigest(SHA2_256_CODE, this.#parts.digest(bytes))
    const old = this.#options.cidVersion === 0 && code === DAG_PB
    const cid = old ? CID.createV0(digest) : CID.createV1(code, digest)
    await this.#parts.put(cid, bytes)
    return cid
  }
}

/** The UnixFS part of a node, as protobuf: type, data, size of the file below, sizes below each link. */
function fileNode(fileBytes: number, data: Uint8Array | undefined, blockSizes: readonly number[] = []): Uint8Array {
  const own = data === undefined || data.length === 0 ? [] : [[DATA_FIELD], varintBytes(data.length), data]
  const sizes = blockSizes.flatMap((size) => [[BLOCK_SIZE_FIELD], varintBytes(size)])
  const parts = [FILE_TYPE, ...own, [SIZE_FIELD], varintBytes(fileBytes), ...sizes]
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : Uint8Array.from(part))))
}

/** The same bytes in pieces of one size, but the last; as they are where they come so. */
async function* chunksOf(content: AsyncIterable<Uint8Array>, chunkBytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const piece of content) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + chunkBytes - length)
      held.push(part)
      length += part.length
      at += part.length
      if (length < chunkBytes) continue
      yield joined(held, length)
      held = []
      length = 0
    }
  }
  if (length > 0) yield joined(held, length)
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
