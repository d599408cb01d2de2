import type { Blockstore as InterfaceBlockstore, Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../ids.ts'
import type { AbortOptions, Hashers, Logger, MaybePromise } from '../ports.ts'
import { toBlockstorePort } from '../storage/blockstore-port.ts'
import { BaseDirectBlockstore } from '../storage/direct-blockstore.ts'

export interface HeliaStoreOptions {
  readonly hashers: Hashers
  readonly logger: Logger
  /** Told of a block that was asked for and is not here. */
  readonly missing: (cid: CID) => void
  /** Bytes of fetched blocks held for Helia to store them; beyond, the oldest are served only once they are stored. */
  readonly maxHeldBytes?: number
}

const DEFAULT_MAX_HELD_BYTES = 32 * 1024 * 1024

/**
 * The store of a Helia node, as the exchange uses it. Helia stores a fetched block itself, once it has it from its broker;
 * so that every block is written once, this store only holds it until then. It is served meanwhile, from memory.
 */
export class HeliaStore extends BaseDirectBlockstore {
  readonly #store: InterfaceBlockstore
  readonly #stored: ReturnType<typeof toBlockstorePort>
  readonly #missing: (cid: CID) => void
  readonly #maxHeldBytes: number
  /** Fetched and not seen in Helia's store yet. Bounded: `maxHeldBytes`, oldest out first. */
  readonly #held = new Map<CidKey, Uint8Array>()
  #heldBytes = 0

  constructor(store: InterfaceBlockstore, { hashers, logger, missing, maxHeldBytes }: HeliaStoreOptions) {
    super()
    this.#store = store
    this.#stored = toBlockstorePort(store, { verifyWith: hashers, logger })
    this.#missing = missing
    this.#maxHeldBytes = maxHeldBytes ?? DEFAULT_MAX_HELD_BYTES
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  isHeld(cid: CID): boolean {
    return this.#held.has(cidKey(cid))
  }

  /** Helia has stored it. */
  release(cid: CID): void {
    const key = cidKey(cid)
    this.#heldBytes -= this.#held.get(key)?.byteLength ?? 0
    this.#held.delete(key)
  }

  /** Whether Helia has stored it. */
  isStored(cid: CID): MaybePromise<boolean> {
    return this.#store.has(cid)
  }

  override readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#held.get(cidKey(cid)) ?? this.#noticed(cid, this.#stored.get(cid, options))
  }

  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#held.get(cidKey(cid))?.byteLength ?? this.#noticed(cid, this.#stored.size(cid, options))
  }

  override writeBlock(cid: CID, bytes: Uint8Array): void {
    this.release(cid)
    this.#held.set(cidKey(cid), bytes)
    this.#heldBytes += bytes.byteLength
    for (const [oldest, { byteLength }] of this.#held) {
      if (this.#heldBytes <= this.#maxHeldBytes) break
      this.#held.delete(oldest)
      this.#heldBytes -= byteLength
    }
  }

  override async delete(cid: CID): Promise<void> {
    this.release(cid)
    await this.#store.delete(cid)
  }

  override async *getAll(): AsyncGenerator<Pair> {
    yield* this.#store.getAll()
  }

  #noticed<T>(cid: CID, found: MaybePromise<T | undefined>): MaybePromise<T | undefined> {
    if (found instanceof Promise) return found.then((value) => this.#noticed(cid, value))
    if (found === undefined) this.#missing(cid)
    return found
  }
}
