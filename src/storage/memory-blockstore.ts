import type { Pair } from 'interface-blockstore'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { NotFoundError, StoreError } from '../errors.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { AbortOptions } from '../ports.ts'
import { BaseDirectBlockstore } from './direct-blockstore.ts'

export interface MemoryBlockstoreOptions {
  /** Block bytes held at most; a put beyond is refused, since a stored block must not vanish. No bound by default. */
  readonly maxBytes?: number
}

interface Entry {
  readonly cid: CID
  readonly bytes: Uint8Array
}

/** Views on more memory than this are copied, if they are a small part of it. */
const MAX_SHARED_BYTES = 64 * 1024

/** Blocks in memory, keyed by multihash. Every answer is a value, not a promise, so that the hot path need not wait. */
export class MemoryBlockstore extends BaseDirectBlockstore {
  /** Bounded: by `maxBytes`, or by what the user stores. */
  readonly #blocks = new Map<CidKey, Entry>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(options: MemoryBlockstoreOptions = {}) {
    super()
    this.#maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY
  }

  /** Blocks held. */
  get blocks(): number {
    return this.#blocks.size
  }

  /** Block bytes held. */
  get bytes(): number {
    return this.#bytes
  }

  override readBlock(cid: CID, options?: AbortOptions): Uint8Array | undefined {
    options?.signal?.throwIfAborted()
    return this.#blocks.get(cidKey(cid))?.bytes
  }

  override sizeOf(cid: CID, options?: AbortOptions): number | undefined {
    options?.signal?.throwIfAborted()
    return this.#blocks.get(cidKey(cid))?.bytes.byteLength
  }

  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): void {
    options?.signal?.throwIfAborted()
    const key = cidKey(cid)
    const held = this.#blocks.get(key)?.bytes.byteLength ?? 0
    const total = this.#bytes - held + bytes.byteLength
    if (total > this.#maxBytes) {
      throw new StoreError(`the memory store is full: ${total} bytes with ${cid.toString()}, ${this.#maxBytes} allowed`)
    }
    this.#blocks.set(key, { cid, bytes: detach(bytes) })
    this.#bytes = total
  }

  override has(cid: CID, options?: AbortOptions): boolean {
    return this.sizeOf(cid, options) !== undefined
  }

  override *get(cid: CID, options?: AbortOptions): Generator<Uint8Array> {
    const bytes = this.readBlock(cid, options)
    if (bytes === undefined) throw new NotFoundError(`block ${cid.toString()} is not in the store`)
    yield bytes
  }

  override delete(cid: CID, options?: AbortOptions): void {
    options?.signal?.throwIfAborted()
    const key = cidKey(cid)
    this.#bytes -= this.#blocks.get(key)?.bytes.byteLength ?? 0
    this.#blocks.delete(key)
  }

  override *getAll(options?: AbortOptions): Generator<Pair> {
    for (const { cid, bytes } of this.#blocks.values()) {
      options?.signal?.throwIfAborted()
      yield { cid: CID.createV1(raw.code, cid.multihash), bytes: once(bytes) }
    }
  }
}

/** A small view keeps its whole buffer alive, a message of megabytes perhaps; a copy does not. */
function detach(bytes: Uint8Array): Uint8Array {
  const wasteful = bytes.buffer.byteLength > MAX_SHARED_BYTES && bytes.byteLength * 2 < bytes.buffer.byteLength
  return wasteful ? Uint8Array.from(bytes) : bytes
}

function* once(bytes: Uint8Array): Generator<Uint8Array> {
  yield bytes
}
