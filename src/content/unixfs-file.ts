import { code as DAG_PB, encode as encodePb, prepare } from '@ipld/dag-pb'
import type { CID } from 'multiformats/cid'
import { chunksOf } from './chunks-of.ts'
import { RAW } from './dag-links.ts'
import { encodeFileNode, type FileAttributes, type FileNodeKind } from './unixfs-node.ts'

/**
 * How the chunks of a file hang together. `balanced`: all equally deep, to begin anywhere; `trickle`: the first ones near
 * the root and the later ones deeper, to be read from the beginning while it comes.
 */
export type FileLayout = 'balanced' | 'trickle'

export interface FileOptions {
  /** Bytes of the file that make one block. */
  readonly chunkBytes: number
  /** File data in raw blocks, and not in nodes of dag-pb. */
  readonly rawLeaves: boolean
  /** Links of one node. */
  readonly maxLinks: number
  readonly layout?: FileLayout
  /** Kept in the root. */
  readonly attributes?: FileAttributes
}

export interface BuiltFile {
  readonly cid: CID
  /** Bytes of all its blocks. */
  readonly size: number
}

export interface FileParts {
  /** The CID of a block, by its codec. */
  readonly cidOf: (codec: number, bytes: Uint8Array) => CID
  /** Takes a block, and resolves when it can take the next. The bytes are not changed afterwards. */
  readonly put: (cid: CID, bytes: Uint8Array) => Promise<void>
}

interface Node extends BuiltFile {
  /** Bytes of the file below it. */
  readonly fileBytes: number
}

/** In the trickle layout, so many of each depth hang from a node before the next depth begins. */
const DEPTH_REPEAT = 4

/**
 * Makes the blocks of a file in the layouts that Kubo makes: chunks of one size, nodes with so many links; in the balanced
 * one, a file of one chunk is that chunk. Holds two chunks, and the links of one node a level.
 */
export async function buildFile(
  content: AsyncIterable<Uint8Array>,
  parts: FileParts,
  options: FileOptions
): Promise<BuiltFile> {
  const nodes = new Nodes(parts, options)
  const chunks = chunksOf(content, options.chunkBytes)
  try {
    return await (options.layout === 'trickle' ? trickle : balanced)(await Chunks.open(chunks), nodes, options)
  } finally {
    await chunks.return(undefined)
  }
}

/** Chunks with a look at whether there is one more. */
class Chunks {
  readonly #source: AsyncGenerator<Uint8Array>
  #next: IteratorResult<Uint8Array>

  private constructor(source: AsyncGenerator<Uint8Array>, first: IteratorResult<Uint8Array>) {
    this.#source = source
    this.#next = first
  }

  static async open(source: AsyncGenerator<Uint8Array>): Promise<Chunks> {
    return new Chunks(source, await source.next())
  }

  isDone(): boolean {
    return this.#next.done === true
  }

  /** The next one; no bytes when there is none. */
  async take(): Promise<Uint8Array> {
    const current = this.#next
    if (current.done === true) return new Uint8Array(0)
    this.#next = await this.#source.next()
    return current.value
  }
}

/** Grows by roots: a full tree becomes the first child of the next one, which is filled with trees as deep as it. */
async function balanced(chunks: Chunks, nodes: Nodes, { maxLinks, attributes }: FileOptions): Promise<BuiltFile> {
  const fill = async (children: Node[], depth: number): Promise<Node[]> => {
    while (children.length < maxLinks && !chunks.isDone()) {
      const child =
        depth === 1 ? await nodes.leaf('file', await chunks.take()) : await nodes.parent(await fill([], depth - 1))
      children.push(child)
    }
    return children
  }
  // The root that is the last one has them.
  const own = (): FileAttributes | undefined => (chunks.isDone() ? attributes : undefined)
  const first = await chunks.take()
  let root = await nodes.leaf('file', first, own())
  for (let depth = 1; !chunks.isDone(); depth++) {
    const children = await fill([root], depth)
    root = await nodes.parent(children, own())
  }
  return root
}

async function trickle(chunks: Chunks, nodes: Nodes, { maxLinks, attributes }: FileOptions): Promise<BuiltFile> {
  const fill = async (maxDepth: number): Promise<Node[]> => {
    const children: Node[] = []
    while (children.length < maxLinks && !chunks.isDone()) children.push(await nodes.leaf('raw', await chunks.take()))
    for (let depth = 1; depth < maxDepth && !chunks.isDone(); depth++) {
      for (let count = 0; count < DEPTH_REPEAT && !chunks.isDone(); count++) {
        children.push(await nodes.parent(await fill(depth)))
      }
    }
    return children
  }
  return await nodes.parent(await fill(Infinity), attributes)
}

/** Makes nodes, and stores them. */
class Nodes {
  readonly #parts: FileParts
  readonly #rawLeaves: boolean

  constructor(parts: FileParts, { rawLeaves }: FileOptions) {
    this.#parts = parts
    this.#rawLeaves = rawLeaves
  }

  async leaf(kind: FileNodeKind, data: Uint8Array, attributes: FileAttributes = {}): Promise<Node> {
    const fileBytes = data.length
    if (this.#rawLeaves) return { cid: await this.#put(RAW, data), size: fileBytes, fileBytes }
    const bytes = encodePb(prepare({ Data: encodeFileNode({ kind, fileBytes, data, attributes }), Links: [] }))
    return { cid: await this.#put(DAG_PB, bytes), size: bytes.length, fileBytes }
  }

  async parent(children: readonly Node[], attributes: FileAttributes = {}): Promise<Node> {
    const fileBytes = children.reduce((sum, node) => sum + node.fileBytes, 0)
    const blockSizes = children.map((node) => node.fileBytes)
    const Links = children.map(({ cid, size }) => ({ Name: '', Tsize: size, Hash: cid }))
    const bytes = encodePb({ Data: encodeFileNode({ kind: 'file', fileBytes, blockSizes, attributes }), Links })
    const size = bytes.length + children.reduce((sum, node) => sum + node.size, 0)
    return { cid: await this.#put(DAG_PB, bytes), size, fileBytes }
  }

  async #put(code: number, bytes: Uint8Array): Promise<CID> {
    const cid = this.#parts.cidOf(code, bytes)
    await this.#parts.put(cid, bytes)
    return cid
  }
}
