import type { Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import type { AbortOptions, MaybePromise } from '../ports.ts'
import type { BlockCache } from './block-cache.ts'
import { BaseDirectBlockstore, type Quarantined } from './direct-blockstore.ts'

/**
 * Caches before a store. What is read goes into all caches before the place where it was found; what is written goes
 * into the store first, so that it is as durable as the store promises once the put resolved, and then into the caches.
 * Bytes in a cache were checked when they were read from the store, or when they were put.
 */
export class TieredBlockstore extends BaseDirectBlockstore {
  /** The fastest first. */
  readonly #caches: readonly BlockCache[]
  readonly #store: BaseDirectBlockstore
  /** Blocks taken away so far. What was read while one was taken away may be that block, and is not kept. */
  #removals = 0

  constructor(caches: readonly BlockCache[], store: BaseDirectBlockstore) {
    super()
    this.#caches = caches
    this.#store = store
  }

  override readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    options?.signal?.throwIfAborted()
    return this.#readFrom(0, cid, options)
  }

  override readUnchecked(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#store.readUnchecked(cid, options)
  }

  override quarantined(options?: AbortOptions): AsyncIterable<Quarantined> | Iterable<Quarantined> {
    return this.#store.quarantined(options)
  }

  override findQuarantined(cid: CID, options?: AbortOptions): MaybePromise<Quarantined | undefined> {
    return this.#store.findQuarantined(cid, options)
  }

  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    for (const cache of this.#caches) {
      const size = cache.size(cid)
      if (size !== undefined) return size
    }
    return this.#store.sizeOf(cid, options)
  }

  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    const removals = this.#removals
    const written = this.#store.writeBlock(cid, bytes, options)
    const keep = (): MaybePromise<void> => this.#keep(this.#caches, cid, bytes, removals)
    return written instanceof Promise ? written.then(keep) : keep()
  }

  /** The caches keep what they have: it may be the only copy that is whole. */
  override rewrite(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.#store.rewrite(cid, bytes, options)
  }

  /** Gone from the caches before and after: what was read meanwhile must not stay in one. */
  override async delete(cid: CID, options?: AbortOptions): Promise<void> {
    this.#removals += 1
    for (const cache of this.#caches) await cache.drop(cid)
    await this.#store.delete(cid, options)
    this.#removals += 1
    for (const cache of this.#caches) await cache.drop(cid)
  }

  override getAll(options?: AbortOptions): Generator<Pair> | AsyncGenerator<Pair> {
    return this.#store.getAll(options)
  }

  #readFrom(tier: number, cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    const cache = this.#caches[tier]
    if (cache === undefined) return this.#readStore(cid, options)
    const found = cache.read(cid)
    const next = (bytes: Uint8Array | undefined): MaybePromise<Uint8Array | undefined> => {
      if (bytes === undefined) return this.#readFrom(tier + 1, cid, options)
      const kept = this.#keep(this.#caches.slice(0, tier), cid, bytes, this.#removals)
      return kept instanceof Promise ? kept.then(() => bytes) : bytes
    }
    return found instanceof Promise ? found.then(next) : next(found)
  }

  #readStore(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    const removals = this.#removals
    const found = this.#store.readBlock(cid, options)
    const next = (bytes: Uint8Array | undefined): MaybePromise<Uint8Array | undefined> => {
      if (bytes === undefined) return undefined
      const kept = this.#keep(this.#caches, cid, bytes, removals)
      return kept instanceof Promise ? kept.then(() => bytes) : bytes
    }
    return found instanceof Promise ? found.then(next) : next(found)
  }

  #keep(caches: readonly BlockCache[], cid: CID, bytes: Uint8Array, removals: number): MaybePromise<void> {
    if (removals !== this.#removals) return
    const waits = caches.map((cache) => cache.keep(cid, bytes)).filter((kept) => kept instanceof Promise)
    if (waits.length > 0) return Promise.all(waits).then(() => undefined)
  }
}
