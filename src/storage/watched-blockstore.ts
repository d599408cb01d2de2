import type { CID } from 'multiformats/cid'
import type { AbortOptions, Blockstore, MaybePromise } from '../ports.ts'

/** A store that tells of each block once it is stored. */
export class WatchedBlockstore implements Blockstore {
  readonly #store: Blockstore
  readonly #stored: (cid: CID) => void

  constructor(store: Blockstore, stored: (cid: CID) => void) {
    this.#store = store
    this.#stored = stored
  }

  get(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#store.get(cid, options)
  }

  size(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#store.size(cid, options)
  }

  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    const written = this.#store.put(cid, bytes, options)
    if (written instanceof Promise) return written.then(() => this.#stored(cid))
    this.#stored(cid)
  }
}
