import type { Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import { BaseDirectBlockstore } from '../../src/storage/direct-blockstore.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

/** A store in memory whose writes wait until it is opened: the disk of a peer that cannot keep up. */
export class GatedBlockstore extends BaseDirectBlockstore {
  readonly #store = new MemoryBlockstore()
  readonly #opened = Promise.withResolvers<undefined>()
  #waiting = 0

  /** Writes that wait. */
  get waiting(): number {
    return this.#waiting
  }

  open(): void {
    this.#opened.resolve(undefined)
  }

  override async writeBlock(cid: CID, bytes: Uint8Array): Promise<void> {
    this.#waiting++
    await this.#opened.promise
    this.#waiting--
    this.#store.writeBlock(cid, bytes)
  }

  override readBlock(cid: CID): Uint8Array | undefined {
    return this.#store.readBlock(cid)
  }

  override sizeOf(cid: CID): number | undefined {
    return this.#store.sizeOf(cid)
  }

  override delete(cid: CID): void {
    this.#store.delete(cid)
  }

  override getAll(): Generator<Pair> {
    return this.#store.getAll()
  }
}
