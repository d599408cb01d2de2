import { LRUCache } from 'lru-cache'
import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { MaybePromise } from '../ports.ts'
import type { BaseDirectBlockstore } from './direct-blockstore.ts'

/** Blocks at hand that are kept elsewhere: any of them may go at any time. */
export interface BlockCache {
  readonly heldBytes: number
  readonly maxBytes: number
  read(cid: CID): MaybePromise<Uint8Array | undefined>
  /** Size of a block that is at hand. */
  size(cid: CID): number | undefined
  keep(cid: CID, bytes: Uint8Array): MaybePromise<void>
  drop(cid: CID): MaybePromise<void>
}

/** What an entry costs beside its bytes: key, links and objects. */
const ENTRY_BYTES = 256
/** A block that takes more of a cache than this would sweep too many others out. */
const LARGEST_SHARE = 0.25

/** The blocks used last, in memory. */
export class MemoryCache implements BlockCache {
  readonly maxBytes: number
  /** Bounded: `maxBytes`, with what an entry costs. */
  readonly #blocks: LRUCache<CidKey, Uint8Array>

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
    this.#blocks = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.max(1, Math.floor(maxBytes * LARGEST_SHARE)),
      sizeCalculation: (bytes) => bytes.byteLength + ENTRY_BYTES
    })
  }

  get heldBytes(): number {
    return this.#blocks.calculatedSize
  }

  read(cid: CID): Uint8Array | undefined {
    return this.#blocks.get(cidKey(cid))
  }

  size(cid: CID): number | undefined {
    return this.#blocks.peek(cidKey(cid))?.byteLength
  }

  /** A view on a larger buffer would keep all of it: it is copied. */
  keep(cid: CID, bytes: Uint8Array): void {
    const isWhole = bytes.byteLength === bytes.buffer.byteLength
    this.#blocks.set(cidKey(cid), isWhole ? bytes : Uint8Array.from(bytes))
  }

  drop(cid: CID): void {
    this.#blocks.delete(cidKey(cid))
  }
}

/** The blocks used last, in another store, such as files on a faster disk. What that store fails at is as if not at hand. */
export class StoreCache implements BlockCache {
  readonly maxBytes: number
  readonly #store: BaseDirectBlockstore
  readonly #failed: (error: unknown) => void
  /** Bounded: `maxBytes` of blocks in the store, with what an entry costs here. */
  readonly #held: LRUCache<CidKey, { readonly cid: CID; readonly bytes: number }>
  /** Blocks that no longer fit, until they are removed. Bounded: emptied by each `keep`. */
  #leaving: CID[] = []

  /** What the store holds from an earlier time is at hand again. */
  static async open(
    store: BaseDirectBlockstore,
    maxBytes: number,
    failed: (error: unknown) => void
  ): Promise<StoreCache> {
    const cache = new StoreCache(store, maxBytes, failed)
    for await (const { cid } of store.getAll()) {
      const size = await store.sizeOf(cid)
      if (size !== undefined) cache.#held.set(cidKey(cid), { cid, bytes: size })
    }
    await cache.#removeLeaving()
    return cache
  }

  private constructor(store: BaseDirectBlockstore, maxBytes: number, failed: (error: unknown) => void) {
    this.maxBytes = maxBytes
    this.#store = store
    this.#failed = failed
    this.#held = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.max(1, Math.floor(maxBytes * LARGEST_SHARE)),
      sizeCalculation: ({ bytes }) => bytes + ENTRY_BYTES,
      dispose: ({ cid }, _key, reason) => {
        if (reason !== 'set') this.#leaving.push(cid)
      }
    })
  }

  get heldBytes(): number {
    return this.#held.calculatedSize
  }

  async read(cid: CID): Promise<Uint8Array | undefined> {
    if (this.#held.get(cidKey(cid)) === undefined) return undefined
    const bytes = await this.#try(() => this.#store.readBlock(cid))
    if (bytes === undefined) this.#held.delete(cidKey(cid))
    return bytes
  }

  size(cid: CID): number | undefined {
    return this.#held.peek(cidKey(cid))?.bytes
  }

  async keep(cid: CID, bytes: Uint8Array): Promise<void> {
    const key = cidKey(cid)
    if (this.#held.peek(key) !== undefined) return
    this.#held.set(key, { cid, bytes: bytes.byteLength })
    if (this.#held.peek(key) === undefined) return
    const isWritten = await this.#try(async () => {
      await this.#store.writeBlock(cid, bytes)
      return true
    })
    if (isWritten !== true) this.#held.delete(key)
    await this.#removeLeaving()
  }

  async drop(cid: CID): Promise<void> {
    this.#held.delete(cidKey(cid))
    await this.#removeLeaving()
  }

  async #removeLeaving(): Promise<void> {
    const leaving = this.#leaving
    this.#leaving = []
    for (const cid of leaving) {
      // It may have come back meanwhile.
      if (this.#held.peek(cidKey(cid)) === undefined) await this.#try(() => this.#store.delete(cid))
    }
  }

  async #try<Value>(work: () => MaybePromise<Value>): Promise<Value | undefined> {
    try {
      return await work()
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }
}
