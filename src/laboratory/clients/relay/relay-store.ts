import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../../../ids.ts'
import type { AbortOptions, Blockstore, MaybePromise } from '../../../ports.ts'

/** A peer's store, beside which blocks that it only passes on are kept for as long as they are passed on. */
export class RelayStore implements Blockstore {
  readonly #own: Blockstore
  readonly #isForeign: (key: CidKey) => boolean
  /** Bounded: blocks that are relayed at a time. */
  readonly #foreign = new Map<CidKey, Uint8Array>()

  /** `isForeign`: is the block, which is about to be stored, wanted by others alone? */
  constructor(own: Blockstore, isForeign: (key: CidKey) => boolean) {
    this.#own = own
    this.#isForeign = isForeign
  }

  get own(): Blockstore {
    return this.#own
  }

  get(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined> {
    return this.#foreign.get(cidKey(cid)) ?? this.#own.get(cid, options)
  }

  size(cid: CID, options?: AbortOptions): MaybePromise<number | undefined> {
    return this.#foreign.get(cidKey(cid))?.byteLength ?? this.#own.size(cid, options)
  }

  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void> {
    const key = cidKey(cid)
    if (!this.#isForeign(key)) return this.#own.put(cid, bytes, options)
    this.#foreign.set(key, bytes)
  }

  /** The block was passed on. */
  drop(key: CidKey): void {
    this.#foreign.delete(key)
  }

  /** Blocks kept for others now. */
  get foreign(): number {
    return this.#foreign.size
  }
}
