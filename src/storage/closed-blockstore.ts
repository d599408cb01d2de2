import type { Pair } from 'interface-blockstore'
import { BaseDirectBlockstore } from './direct-blockstore.ts'

/** Stands for blocks that cannot be had: whatever is asked of it fails, for the one reason. */
export class ClosedBlockstore extends BaseDirectBlockstore {
  readonly #why: Error

  constructor(why: Error) {
    super()
    this.#why = why
  }

  override readBlock(): never {
    throw this.#why
  }

  override sizeOf(): never {
    throw this.#why
  }

  override writeBlock(): never {
    throw this.#why
  }

  override delete(): never {
    throw this.#why
  }

  override *getAll(): Generator<Pair> {
    throw this.#why
  }
}
