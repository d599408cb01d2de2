import type { Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import type { AbortOptions, MaybePromise } from '../ports.ts'
import { BaseDirectBlockstore, type Quarantined } from './direct-blockstore.ts'
import type { StoreMeter } from './store-stats.ts'

/** A store of blocks whose calls are counted. */
export class MeteredBlockstore extends BaseDirectBlockstore {
  readonly #store: BaseDirectBlockstore
  readonly #meter: StoreMeter

  constructor(store: BaseDirectBlockstore, meter: StoreMeter) {
    super()
    this.#store = store
    this.#meter = meter
  }

  override readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#meter.read(
      () => this.#store.readBlock(cid, options),
      (bytes) => bytes?.byteLength
    )
  }

  override readUnchecked(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#meter.read(
      () => this.#store.readUnchecked(cid, options),
      (bytes) => bytes?.byteLength
    )
  }

  override quarantined(options?: AbortOptions): AsyncIterable<Quarantined> | Iterable<Quarantined> {
    return this.#store.quarantined(options)
  }

  override findQuarantined(cid: CID, options?: AbortOptions): MaybePromise<Quarantined | undefined> {
    return this.#store.findQuarantined(cid, options)
  }

  /** Sizes are mostly known without a look at the disk, and told in a moment: they are passed on uncounted. */
  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#store.sizeOf(cid, options)
  }

  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.#meter.write(() => this.#store.writeBlock(cid, bytes, options), bytes.byteLength)
  }

  override rewrite(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.#meter.write(() => this.#store.rewrite(cid, bytes, options), bytes.byteLength)
  }

  override delete(cid: CID, options?: AbortOptions): MaybePromise<void> {
    return this.#meter.delete(() => this.#store.delete(cid, options))
  }

  override getAll(options?: AbortOptions): Generator<Pair> | AsyncGenerator<Pair> {
    return this.#store.getAll(options)
  }
}
