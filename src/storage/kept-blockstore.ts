import type { Blockstore as InterfaceBlockstore, Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import { assert, StoreError } from '../errors.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { AbortOptions, Blockstore, MaybePromise } from '../ports.ts'
import { BaseDirectBlockstore, type Quarantined } from './direct-blockstore.ts'
import { KeyLocks } from './key-locks.ts'
import { TouchedKeys } from './touched-keys.ts'

/** Blocks that an operation has in hand: no collection removes them until it is released, nor the one under way then. */
export interface Lease {
  /** Takes a block in hand, stored or not. To be awaited before the block is looked at: it may just be being removed. */
  touch(cid: CID): MaybePromise<void>
  /** Takes a block in hand and stores it. */
  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
  /** Calling it twice is harmless. */
  release(): void
}

/** Tells of a block that was listed, and is not here: was it removed, or lost? */
export interface RemovalWatch {
  /** Has it been asked to be removed since the watch began? */
  has(cid: CID): boolean
  end(): void
}

/** The removal of what nobody keeps, while it is under way. */
export interface Collection {
  /** Removes a block, unless it was put or taken in hand since the collection began; false when it was. */
  remove(cid: CID): Promise<boolean>
  end(): void
}

/** A cache has a damaged block whole, and the disk does not take it. The damaged one lies where it was. */
export class NotHealedError extends StoreError {}

/**
 * A store from which blocks can be removed while others put and get, and nobody waits for anybody (but a put of the very
 * block that is being removed, which is stored anew after that). What it promises:
 * 1. Whatever was put or acknowledged, or taken in hand by a lease, since a collection began is not removed by it.
 * 2. Whatever a lease took in hand before that is not removed either, though the lease be released meanwhile.
 * 3. A put that comes while its block is being removed is done after it, and so lasts.
 * 4. A block is removed as damaged only if it is so when no put of it is under way, and nobody has it in hand.
 */
export class KeptBlockstore extends BaseDirectBlockstore {
  readonly #store: InterfaceBlockstore
  readonly #port: Blockstore
  /** What operations under way have in hand. Bounded: one for each. */
  readonly #leases = new Set<TouchedKeys>()
  /** Removals under way, and what came for a block while it was being removed. */
  readonly #removals = new KeyLocks<CidKey>()
  /** Puts under way. Bounded: one for each. */
  readonly #puts = new Set<{ readonly key: CidKey; readonly written: Promise<void> }>()
  #collection: { readonly written: TouchedKeys; readonly leases: readonly TouchedKeys[] } | undefined
  /** What was removed while somebody looks at blocks one by one. Bounded: one for each who does. */
  readonly #watches = new Set<TouchedKeys>()
  #bytesPut = 0

  /** `port` is the same store, as the exchange sees it. */
  constructor(store: InterfaceBlockstore, port: Blockstore) {
    super()
    this.#store = store
    this.#port = port
  }

  /** Bytes put since the start, also of blocks that were there. */
  get bytesPut(): number {
    return this.#bytesPut
  }

  override readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#port.get(cid, options)
  }

  override readUnchecked(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#store instanceof BaseDirectBlockstore
      ? this.#store.readUnchecked(cid, options)
      : this.#port.get(cid, options)
  }

  override quarantined(options?: AbortOptions): AsyncIterable<Quarantined> | Iterable<Quarantined> {
    return this.#store instanceof BaseDirectBlockstore ? this.#store.quarantined(options) : []
  }

  override findQuarantined(cid: CID, options?: AbortOptions): MaybePromise<Quarantined | undefined> {
    return this.#store instanceof BaseDirectBlockstore ? this.#store.findQuarantined(cid, options) : undefined
  }

  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#port.size(cid, options)
  }

  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    this.#bytesPut += bytes.byteLength
    const written = this.#isBeingRemoved(cid)
      ? this.#removals.run(cidKey(cid), async () => this.#port.put(cid, bytes, options))
      : this.#port.put(cid, bytes, options)
    return written instanceof Promise ? this.#underWay(cidKey(cid), written) : written
  }

  /** For those who know that nobody needs it. */
  override async delete(cid: CID): Promise<void> {
    await this.#remove(cid)
  }

  /** False, and the block stays, when it is being added, pinned or imported, or when `mayGo` says no at that moment. */
  async deleteUnused(cid: CID, mayGo: () => boolean): Promise<boolean> {
    if (this.isLeased(cid) || !mayGo()) return false
    await this.#remove(cid)
    return true
  }

  /**
   * `in use`, and it stays, when it is being added, pinned or imported; `sound` when it is, or has been put anew since it was
   * found damaged; `untraced`, and it stays, where `mayVanish` is false and nothing would tell that it was here. `healed`: a
   * cache had it whole, and it is stored anew; rejects with `NotHealedError` when that fails. Any other I/O error rejects as it
   * is. Nothing is removed by either.
   */
  async deleteDamaged(
    cid: CID,
    isDamaged: (bytes: Uint8Array) => boolean,
    { mayVanish = true }: { readonly mayVanish?: boolean } = {}
  ): Promise<'gone' | 'healed' | 'sound' | 'in use' | 'untraced'> {
    if (this.isLeased(cid)) return 'in use'
    const key = cidKey(cid)
    const puts = [...this.#puts].filter((put) => put.key === key).map(({ written }) => written)
    return await this.#removals.run(key, async () => {
      await Promise.allSettled(puts)
      const stored = await this.readUnchecked(cid)
      if (stored !== undefined && !isDamaged(stored)) return 'sound'
      // A store that puts apart what is damaged does so now.
      const cached = await this.#port.get(cid)
      if (cached === undefined || isDamaged(cached)) {
        const isTraced = mayVanish || stored === undefined || (await this.findQuarantined(cid)) !== undefined
        if (!isTraced) return 'untraced'
        await this.#delete(cid)
        return 'gone'
      }
      await this.#heal(cid, cached)
      return 'healed'
    })
  }

  override getAll(options?: AbortOptions): AsyncGenerator<Pair> | Generator<Pair> {
    return this.#store.getAll(options?.signal === undefined ? {} : { signal: options.signal })
  }

  /** Is it being added, pinned or imported just now? */
  isLeased(cid: CID): boolean {
    const key = cidKey(cid)
    for (const keys of this.#leases) if (keys.has(key)) return true
    return false
  }

  lease(): Lease {
    const keys = new TouchedKeys()
    this.#leases.add(keys)
    return {
      touch: (cid) => {
        keys.add(cidKey(cid))
        return this.#isBeingRemoved(cid) ? this.#removals.run(cidKey(cid), () => Promise.resolve()) : undefined
      },
      put: (cid, bytes, options) => {
        keys.add(cidKey(cid))
        return this.writeBlock(cid, bytes, options)
      },
      release: () => void this.#leases.delete(keys)
    }
  }

  watchRemovals(): RemovalWatch {
    const removed = new TouchedKeys()
    this.#watches.add(removed)
    return { has: (cid) => removed.has(cidKey(cid)), end: () => void this.#watches.delete(removed) }
  }

  /** One at a time. What is not kept may be removed from here on: look for what is kept after this call, not before. */
  beginCollection(): Collection {
    assert(this.#collection === undefined, 'one collection at a time')
    const collection = { written: new TouchedKeys(), leases: [...this.#leases] }
    this.#collection = collection
    // They are acknowledged only after it began.
    for (const { key } of this.#puts) collection.written.add(key)
    return {
      remove: async (cid) => {
        const key = cidKey(cid)
        assert(this.#collection === collection, 'the collection is under way')
        if (collection.written.has(key) || collection.leases.some((keys) => keys.has(key))) return false
        await this.#remove(cid)
        return true
      },
      end: () => {
        if (this.#collection === collection) this.#collection = undefined
      }
    }
  }

  async #underWay(key: CidKey, written: Promise<void>): Promise<void> {
    const put = { key, written }
    this.#puts.add(put)
    try {
      await written
    } finally {
      this.#puts.delete(put)
    }
  }

  /** Notes that a block is in use. When it is being removed, what is done with it must wait. */
  #isBeingRemoved(cid: CID): boolean {
    if (this.#collection === undefined && this.#removals.size === 0) return false
    const key = cidKey(cid)
    this.#collection?.written.add(key)
    return this.#removals.busy(key)
  }

  #remove(cid: CID): Promise<void> {
    return this.#removals.run(cidKey(cid), () => this.#delete(cid))
  }

  async #heal(cid: CID, bytes: Uint8Array): Promise<void> {
    try {
      await (this.#store instanceof BaseDirectBlockstore ? this.#store.rewrite(cid, bytes) : this.#port.put(cid, bytes))
    } catch (cause) {
      throw cause instanceof StoreError ? new NotHealedError(cause.message, { cause }) : cause
    }
  }

  async #delete(cid: CID): Promise<void> {
    for (const removed of this.#watches) removed.add(cidKey(cid))
    await this.#store.delete(cid)
  }
}
