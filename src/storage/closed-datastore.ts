import { BaseDatastore } from 'datastore-core'

/** Stands for metadata that cannot be had: whatever is asked of it fails, for the one reason. */
export class ClosedDatastore extends BaseDatastore {
  readonly #why: Error

  constructor(why: Error) {
    super()
    this.#why = why
  }

  override get(): never {
    throw this.#why
  }

  override has(): never {
    throw this.#why
  }

  override put(): never {
    throw this.#why
  }

  override delete(): never {
    throw this.#why
  }

  override _all(): never {
    throw this.#why
  }

  override _allKeys(): never {
    throw this.#why
  }
}
