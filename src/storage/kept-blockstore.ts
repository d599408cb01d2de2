import type { Blockstore as InterfaceBlockstore, Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import { assert } from '../errors.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { AbortOptions, Blockstore, MaybePromise } from '../ports.ts'
import { BaseDirectBlockstore } from './direct-blockstore.ts'
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

/** The removal of what nobody keeps, while it is under way. */
export interface Collection {
  /** Removes a block, unless it was put or taken in hand since the collection began; false when it was. */
  remove(cid: CID): Promise<boolean>
  end(): void
}

/**
 * A store from which blocks can be removed while others put and get, and nobody waits for anybody (but a put of the very
 * block that is being removed, which is stored anew after that). What it promises:
 * 1. Whatever was put or acknowledged, or taken in hand by a lease, since a collection began is not removed by it.
 * 2. Whatever a lease took in hand before that is not removed either, though the lease be released meanwhile.
 * 3. A put that comes while its block is being removed is done after it, and so lasts.
 */
export class KeptBlockstore extends BaseDirectBlockstore {
  readonly #store: InterfaceBlockstore
  readonly #port: Blockstore
  /** What operations under way have in hand. Bounded: one for each. */
  readonly #leases = new Set<TouchedKeys>()
  /** Removals under way. Bounded: one for each block being removed. */
  readonly #removals = new Map<CidKey, Promise<void>>()
  /** Puts under way. Bounded: one for each. */
  readonly #puts = new Set<{ readonly key: CidKey }>()
  #collection: { readonly written: TouchedKeys; readonly leases: readonly TouchedKeys[] } | undefined
  #bytesPut = 0
  #removed = 0

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

  /** Blocks taken away since the start. */
  get removed(): number {
    return this.#removed
  }

  override readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#port.get(cid, options)
  }

  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#port.size(cid, options)
  }

  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    this.#bytesPut += bytes.byteLength
    const removal = this.#touch(cid)
    const put = (): MaybePromise<void> => this.#port.put(cid, bytes, options)
    const written = removal === undefined ? put() : removal.then(put, put)
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
    const touch = (cid: CID): Promise<void> | undefined => {
      keys.add(cidKey(cid))
      return this.#touch(cid)
    }
    return {
      touch: (cid) => touch(cid)?.catch(() => undefined),
      put: (cid, bytes, options) => {
        keys.add(cidKey(cid))
        return this.writeBlock(cid, bytes, options)
      },
      release: () => void this.#leases.delete(keys)
    }
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
    const put = { key }
    this.#puts.add(put)
    try {
      await written
    } finally {
      this.#puts.delete(put)
    }
  }

  /** Notes that a block is in use; returns the removal of it that is under way. */
  #touch(cid: CID): Promise<void> | undefined {
    if (this.#collection === undefined && this.#removals.size === 0) return undefined
    const key = cidKey(cid)
    this.#collection?.written.add(key)
    return this.#removals.get(key)
  }

  #remove(cid: CID): Promise<void> {
    const key = cidKey(cid)
    const joined = this.#removals.get(key)
    if (joined !== undefined) return joined
    const removal = this.#delete(cid)
    this.#removals.set(key, removal)
    const ended = (): void => {
      this.#removals.delete(key)
    }
    removal.then(ended, ended)
    return removal
  }

  async #delete(cid: CID): Promise<void> {
    await this.#store.delete(cid)
    this.#removed += 1
  }
}
