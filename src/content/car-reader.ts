import { decode as decodeCbor } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { MAX_CID_BYTES, PORTABLE_BLOCK_BYTES } from '../message/limits.ts'
import { CarError, UnexpectedEndOfCarError } from './car-error.ts'
import { ChunkReader } from './chunk-reader.ts'

/** Longest header: more than 25,000 roots. */
export const MAX_HEADER_BYTES = 1024 * 1024

/** For whoever gave a text, or an archive of another kind. */
const NO_CAR =
  'this is no CAR file, or one that ends within its header: expected version 1 or 2, as dag export writes it'

/** What comes first in a CAR of version 2, as a header of version 1: 11 bytes, and 40 of its own after them. */
const V2_HEADER_BYTES = 40
const V2_START = 11 + V2_HEADER_BYTES

export interface CarBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
  /** Where its section begins. */
  readonly offset: number
}

export interface CarOptions {
  /** Larger blocks are refused; by default what every peer takes, 2 MiB. */
  readonly maxBlockBytes?: number
}

/**
 * Reads a CAR of version 1 or 2 as a stream. Lengths are checked before anything is held; of version 2 the payload is read
 * in order, and the index, which nobody could trust, never. Blocks are not hashed here. Rejects with `CarError`.
 */
export class CarReader {
  readonly roots: readonly CID[]
  readonly #reader: ChunkReader
  /** Where the payload ends; Infinity when it ends with the stream. */
  readonly #end: number
  readonly #maxBlockBytes: number

  private constructor(reader: ChunkReader, roots: readonly CID[], end: number, maxBlockBytes: number) {
    this.#reader = reader
    this.roots = roots
    this.#end = end
    this.#maxBlockBytes = maxBlockBytes
  }

  static async open(chunks: AsyncIterable<Uint8Array>, options: CarOptions = {}): Promise<CarReader> {
    const reader = new ChunkReader(chunks)
    const { maxBlockBytes = PORTABLE_BLOCK_BYTES } = options
    try {
      const first = await readHeader(reader)
      if (first.version === 1) return new CarReader(reader, first.roots, Infinity, maxBlockBytes)
      if (first.version !== 2) throw new CarError(`a CAR of version ${first.version}: expected 1 or 2`, 0)
      const end = await enterPayload(reader)
      const inner = await readHeader(reader)
      if (inner.version !== 1) throw new CarError('the payload is no CAR of version 1', reader.offset)
      return new CarReader(reader, inner.roots, end, maxBlockBytes)
    } catch (error) {
      await reader.close()
      throw error
    }
  }

  /** Every block in order, as often as it is there. What follows the payload is read away. */
  async *blocks(): AsyncGenerator<CarBlock> {
    try {
      for (;;) {
        const offset = this.#reader.offset
        if (offset > this.#end) throw new CarError('a section goes beyond the payload', offset)
        const length = offset === this.#end ? undefined : await readVarint(this.#reader)
        if (length === undefined) break
        yield await this.#block(length, offset)
      }
      await this.#reader.drain()
    } finally {
      await this.#reader.close()
    }
  }

  async #block(length: number, offset: number): Promise<CarBlock> {
    if (length === 0) throw new CarError('a section of no bytes', offset)
    if (length > this.#maxBlockBytes + MAX_CID_BYTES) {
      throw new CarError(`a section of ${length} bytes: at most ${this.#maxBlockBytes} of a block are taken`, offset)
    }
    const section = await this.#reader.read(length)
    try {
      const [cid, rest] = CID.decodeFirst(section)
      if (rest.byteLength <= this.#maxBlockBytes) return { cid, bytes: rest, offset }
    } catch (cause) {
      throw new CarError('a section does not begin with a CID', offset, { cause })
    }
    throw new CarError(`a block of more than ${this.#maxBlockBytes} bytes`, offset)
  }
}

/** Reads the header of version 2; returns where the payload ends. */
async function enterPayload(reader: ChunkReader): Promise<number> {
  const header = await reader.read(V2_HEADER_BYTES)
  const view = new DataView(header.buffer)
  const start = Number(view.getBigUint64(16, true))
  const size = Number(view.getBigUint64(24, true))
  if (!Number.isSafeInteger(start + size) || start < V2_START || size === 0) {
    throw new CarError('the header of the CAR points to no payload', reader.offset)
  }
  await reader.skip(start - V2_START)
  return start + size
}

async function readHeader(reader: ChunkReader): Promise<{ version: number; roots: readonly CID[] }> {
  const offset = reader.offset
  const length = await readVarint(reader)
  if (length === undefined || length === 0) throw new CarError(NO_CAR, offset)
  if (length > MAX_HEADER_BYTES) {
    throw new CarError(`a header of ${length} bytes: at most ${MAX_HEADER_BYTES} are taken`, offset)
  }
  const bytes = await reader.read(length).catch((error: unknown) => {
    if (error instanceof UnexpectedEndOfCarError) throw new CarError(NO_CAR, offset, { cause: error })
    throw error
  })
  let header: unknown
  try {
    header = decodeCbor(bytes)
  } catch (cause) {
    throw new CarError(NO_CAR, offset, { cause })
  }
  const { version, roots = [] } = (typeof header === 'object' && header !== null ? header : {}) as Record<
    string,
    unknown
  >
  if (typeof version !== 'number' || !Array.isArray(roots)) throw new CarError(NO_CAR, offset)
  return { version, roots: roots.map((root) => CID.asCID(root) ?? notRoot(offset)) }
}

function notRoot(offset: number): never {
  throw new CarError('a root in the header is no CID', offset)
}

/** Undefined at the end of the stream, where no section begins. */
async function readVarint(reader: ChunkReader): Promise<number | undefined> {
  const offset = reader.offset
  let value = 0
  for (let shift = 1; ; shift *= 128) {
    const byte = await reader.byte()
    if (byte === undefined && shift === 1) return undefined
    if (byte === undefined || shift > 2 ** 42) throw new CarError('a length that is none', offset)
    value += (byte & 0x7f) * shift
    if (byte < 0x80) return value
  }
}
