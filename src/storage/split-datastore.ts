import { BaseDatastore } from 'datastore-core'
import type { Batch, Datastore, Key, KeyQuery, Pair, Query } from 'interface-datastore'
import { syncDatastore } from './sync-datastore.ts'

type Options = { readonly signal?: AbortSignal }

/** A datastore for keys that begin with one of these. */
export interface SplitPart {
  readonly prefixes: readonly string[]
  readonly datastore: Datastore
}

/** Several datastores that look like one: each has the keys that are its own, and one has all others. */
export class SplitDatastore extends BaseDatastore {
  readonly #parts: readonly SplitPart[]
  readonly #rest: Datastore

  constructor(parts: readonly SplitPart[], rest: Datastore) {
    super()
    this.#parts = parts
    this.#rest = rest
  }

  override async put(key: Key, value: Uint8Array, options?: Options): Promise<Key> {
    return await this.#of(key).put(key, value, options)
  }

  override async get(key: Key, options?: Options): Promise<Uint8Array> {
    return await this.#of(key).get(key, options)
  }

  override async has(key: Key, options?: Options): Promise<boolean> {
    return await this.#of(key).has(key, options)
  }

  override async delete(key: Key, options?: Options): Promise<void> {
    await this.#of(key).delete(key, options)
  }

  /** Whole in each of the datastores, one after the other. */
  override batch(): Batch {
    const batches = new Map<Datastore, Batch>()
    const batchOf = (key: Key): Batch => {
      const datastore = this.#of(key)
      const batch = batches.get(datastore) ?? datastore.batch()
      batches.set(datastore, batch)
      return batch
    }
    return {
      put: (key, value) => batchOf(key).put(key, value),
      delete: (key) => batchOf(key).delete(key),
      commit: async (options) => {
        for (const batch of batches.values()) await batch.commit(options)
      }
    }
  }

  override async *_all(query: Query, options?: Options): AsyncGenerator<Pair> {
    for (const datastore of this.#below(query.prefix)) yield* datastore.query(prefixed(query), options)
  }

  override async *_allKeys(query: KeyQuery, options?: Options): AsyncGenerator<Key> {
    for (const datastore of this.#below(query.prefix)) yield* datastore.queryKeys(prefixed(query), options)
  }

  /** All that was written lasts once this resolves. */
  async sync(): Promise<void> {
    await Promise.all([this.#rest, ...this.#parts.map(({ datastore }) => datastore)].map(syncDatastore))
  }

  #of(key: Key): Datastore {
    const name = key.toString()
    const part = this.#parts.find(({ prefixes }) => prefixes.some((prefix) => isBelow(name, prefix)))
    return part?.datastore ?? this.#rest
  }

  /** Where there may be keys that begin so. */
  #below(start = ''): readonly Datastore[] {
    const own = this.#parts.find(({ prefixes }) => prefixes.some((prefix) => isBelow(start, prefix)))
    if (own !== undefined) return [own.datastore]
    const parts = this.#parts.filter(({ prefixes }) => prefixes.some((prefix) => prefix.startsWith(start)))
    return [this.#rest, ...parts.map(({ datastore }) => datastore)]
  }
}

function isBelow(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}/`)
}

/** Filters, orders and limits are for the whole. */
function prefixed({ prefix }: Query | KeyQuery): { prefix?: string } {
  return prefix === undefined ? {} : { prefix }
}
