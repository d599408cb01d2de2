import type { CID } from 'multiformats/cid'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'

/** Has what was stored, and beyond that every block there is: fresh zeros, all of one size. */
export class EndlessBlockstore extends MemoryBlockstore {
  readonly #size: number

  constructor(size: number) {
    super()
    this.#size = size
  }

  override readBlock(cid: CID): Uint8Array {
    return super.readBlock(cid) ?? new Uint8Array(this.#size)
  }

  override sizeOf(cid: CID): number {
    return super.sizeOf(cid) ?? this.#size
  }
}
