import type { Blockstore as InterfaceBlockstore, Pair } from 'interface-blockstore'
import type { CID } from 'multiformats/cid'
import type { AbortOptions, Blockstore, MaybePromise } from '../ports.ts'
import { BaseDirectBlockstore } from './direct-blockstore.ts'

/** Any store of blocks with the direct methods, by way of its port. */
export class AdaptedBlockstore extends BaseDirectBlockstore {
  readonly #store: InterfaceBlockstore
  readonly #port: Blockstore
  readonly #unchecked: Blockstore

  /** `unchecked` is the port of the same store that hands out what is damaged, where `port` does not. */
  constructor(store: InterfaceBlockstore, port: Blockstore, unchecked = port) {
    super()
    this.#store = store
    this.#port = port
    this.#unchecked = unchecked
  }

  override readBlock(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#port.get(cid, options)
  }

  override readUnchecked(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#unchecked.get(cid, options)
  }

  override sizeOf(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#port.size(cid, options)
  }

  override writeBlock(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    return this.#port.put(cid, bytes, options)
  }

  override delete(cid: CID, options?: AbortOptions): MaybePromise<void> {
    return this.#store.delete(cid, options?.signal === undefined ? undefined : { signal: options.signal })
  }

  override getAll(options?: AbortOptions): Generator<Pair> | AsyncGenerator<Pair> {
    return this.#store.getAll(options?.signal === undefined ? undefined : { signal: options.signal })
  }
}
