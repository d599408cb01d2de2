import type { CID } from 'multiformats/cid'
import type { MaybePromise } from '../ports.ts'
import type { BlockCache } from './block-cache.ts'
import type { StoreMeter } from './store-stats.ts'

/** A cache whose calls are counted. */
export class MeteredCache implements BlockCache {
  readonly #cache: BlockCache
  readonly #meter: StoreMeter

  constructor(cache: BlockCache, meter: StoreMeter) {
    this.#cache = cache
    this.#meter = meter
  }

  get heldBytes(): number {
    return this.#cache.heldBytes
  }

  get maxBytes(): number {
    return this.#cache.maxBytes
  }

  read(cid: CID): MaybePromise<Uint8Array | undefined> {
    return this.#meter.read(
      () => this.#cache.read(cid),
      (bytes) => bytes?.byteLength
    )
  }

  size(cid: CID): number | undefined {
    return this.#cache.size(cid)
  }

  keep(cid: CID, bytes: Uint8Array): MaybePromise<void> {
    return this.#meter.write(() => this.#cache.keep(cid, bytes), bytes.byteLength)
  }

  drop(cid: CID): MaybePromise<void> {
    return this.#meter.delete(() => this.#cache.drop(cid))
  }
}
