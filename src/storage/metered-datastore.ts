import { BaseDatastore } from 'datastore-core'
import type { Batch, Datastore, Key, KeyQuery, Pair, Query } from 'interface-datastore'
import { syncDatastore } from './sync-datastore.ts'
import type { StoreMeter } from './store-stats.ts'

/** The libp2p world's options have no `signal: undefined`. */
type Options = { readonly signal?: AbortSignal }

/** A datastore whose calls are counted. */
export class MeteredDatastore extends BaseDatastore {
  readonly #store: Datastore
  readonly #meter: StoreMeter

  constructor(store: Datastore, meter: StoreMeter) {
    super()
    this.#store = store
    this.#meter = meter
  }

  override async put(key: Key, value: Uint8Array, options?: Options): Promise<Key> {
    return await this.#meter.write(() => this.#store.put(key, value, options), value.byteLength)
  }

  /** Absence is an error of the interface, and none of the store. */
  override async get(key: Key, options?: Options): Promise<Uint8Array> {
    const found = await this.#meter.read(
      async () => await absence(async () => await this.#store.get(key, options)),
      (result) => ('value' in result ? result.value.byteLength : undefined)
    )
    if ('value' in found) return found.value
    throw found.absent
  }

  override async has(key: Key, options?: Options): Promise<boolean> {
    return await this.#meter.read(
      () => this.#store.has(key, options),
      (isHere) => (isHere ? 0 : undefined)
    )
  }

  override async delete(key: Key, options?: Options): Promise<void> {
    await this.#meter.delete(() => this.#store.delete(key, options))
  }

  override batch(): Batch {
    const batch = this.#store.batch()
    let bytes = 0
    let values = 0
    return {
      put: (key, value) => {
        bytes += value.byteLength
        values += 1
        batch.put(key, value)
      },
      delete: (key) => batch.delete(key),
      commit: async (options) => await this.#meter.write(() => batch.commit(options), bytes, values)
    }
  }

  override async *query(query: Query, options?: Options): AsyncGenerator<Pair> {
    for await (const pair of this.#store.query(query, options)) {
      this.#meter.found(pair.value.byteLength)
      yield pair
    }
  }

  override async *queryKeys(query: KeyQuery, options?: Options): AsyncGenerator<Key> {
    yield* this.#store.queryKeys(query, options)
  }

  /** All that was written lasts once this resolves. */
  async sync(): Promise<void> {
    await syncDatastore(this.#store)
  }
}

async function absence(
  work: () => Promise<Uint8Array>
): Promise<{ readonly value: Uint8Array } | { readonly absent: Error }> {
  try {
    return { value: await work() }
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') return { absent: error }
    throw error
  }
}
