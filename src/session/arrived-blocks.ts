import type { CID } from 'multiformats/cid'
import type { PeerId } from '../ids.ts'

/** A block that arrived and was not taken yet; without bytes when the buffer was full, to be read again from the store. */
export interface Arrived {
  readonly cid: CID
  readonly bytes: Uint8Array | undefined
  readonly from: PeerId | undefined
}

/** Places of taken blocks at the front of the queue, beyond which the queue is made shorter. */
const MAX_TAKEN = 256

/**
 * Blocks that wait for their caller, first in, first out. Keeps the bytes of some, within a limit; always of the one that
 * is next, so that a caller who keeps up never waits for the store. What was taken is let go at once.
 */
export class ArrivedBlocks {
  /** Bounded: what its user lets in, and MAX_TAKEN or as many places again. */
  #blocks: (Arrived | undefined)[] = []
  readonly #maxBytes: number
  #taken = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#blocks.length - this.#taken
  }

  /** Bytes of blocks kept in memory. */
  get bytes(): number {
    return this.#bytes
  }

  push(cid: CID, bytes: Uint8Array, from: PeerId | undefined): void {
    const keep = this.#bytes + bytes.byteLength <= this.#maxBytes || this.size === 0
    if (keep) this.#bytes += bytes.byteLength
    this.#blocks.push({ cid, bytes: keep ? bytes : undefined, from })
  }

  take(): Arrived | undefined {
    const next = this.#blocks[this.#taken]
    if (next === undefined) return undefined
    this.#blocks[this.#taken++] = undefined
    this.#bytes -= next.bytes?.byteLength ?? 0
    if (this.#taken === this.#blocks.length || (this.#taken > MAX_TAKEN && this.#taken > this.size)) {
      this.#blocks = this.#blocks.slice(this.#taken)
      this.#taken = 0
    }
    return next
  }
}
