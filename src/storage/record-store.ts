import { type Datastore, Key } from 'interface-datastore'
import { StoreError } from '../errors.ts'
import { toPeerId, type PeerId } from '../ids.ts'
import type { Logger, RecordStore } from '../ports.ts'

/** How records of one kind are written down. */
export interface RecordFormat<Kept> {
  /** Keys are `<prefix>/<peer>`. */
  readonly prefix: string
  /** What they are, in the plural, for errors and the log. */
  readonly what: string
  encode(record: Kept): Uint8Array
  /** Undefined for anything but a record that this version writes. */
  decode(peer: PeerId, bytes: Uint8Array): Kept | undefined
}

/**
 * Keeps small records of peers in a datastore, one under each peer. A record that cannot be read is counted, logged and
 * passed over: that peer starts afresh, and nobody else loses anything. Failures of the datastore itself reject with
 * `StoreError`.
 */
export class DatastoreRecords<Kept extends { readonly peer: PeerId }> implements RecordStore<Kept> {
  readonly #format: RecordFormat<Kept>
  readonly #datastore: Datastore
  readonly #logger: Logger | undefined
  #corrupt = 0

  constructor(format: RecordFormat<Kept>, datastore: Datastore, logger?: Logger) {
    this.#format = format
    this.#datastore = datastore
    this.#logger = logger
  }

  /** Records passed over so far because they could not be read. */
  get corrupt(): number {
    return this.#corrupt
  }

  async *all(): AsyncGenerator<Kept> {
    try {
      for await (const { key, value } of this.#datastore.query({ prefix: `${this.#format.prefix}/` })) {
        const record = this.#decode(key, value)
        if (record !== undefined) yield record
        else this.#skip(key)
      }
    } catch (error) {
      throw new StoreError(`the ${this.#format.what} cannot be read`, { cause: error })
    }
  }

  async save(records: readonly Kept[]): Promise<void> {
    try {
      const batch = this.#datastore.batch()
      for (const record of records) batch.put(this.#keyOf(record.peer), this.#format.encode(record))
      await batch.commit()
    } catch (error) {
      throw new StoreError(`${records.length} ${this.#format.what} cannot be written`, { cause: error })
    }
  }

  async remove(peers: readonly PeerId[]): Promise<void> {
    try {
      const batch = this.#datastore.batch()
      for (const peer of peers) batch.delete(this.#keyOf(peer))
      await batch.commit()
    } catch (error) {
      throw new StoreError(`${peers.length} ${this.#format.what} cannot be removed`, { cause: error })
    }
  }

  #decode(key: Key, value: Uint8Array): Kept | undefined {
    try {
      const peer = toPeerId(decodeURIComponent(key.toString().slice(this.#format.prefix.length + 1)))
      return this.#format.decode(peer, value)
    } catch {
      return undefined
    }
  }

  /** A peer id is one member of the key, whatever characters it has. */
  #keyOf(peer: PeerId): Key {
    return new Key(`${this.#format.prefix}/${encodeURIComponent(peer)}`)
  }

  #skip(key: Key): void {
    this.#corrupt += 1
    this.#logger?.warn(`one of the ${this.#format.what} cannot be read and is passed over`, { key: key.toString() })
  }
}

/** The members of a record that was written as a JSON array; throws if it is none. */
export function readFields(bytes: Uint8Array): readonly unknown[] {
  const fields: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  if (!Array.isArray(fields)) throw new Error('not an array')
  return fields
}

export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}
