import { dropOldest } from '../../drop-oldest.ts'

import { BaseDatastore } from 'datastore-core'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import { NotFoundError } from '../../errors.ts'
import type { Clock } from '../../ports.ts'
import { PROVIDER_LIMITS, ProviderTable, type ProviderTableLimits } from './provider-table.ts'

/** Values (public keys and the like) kept for others; the oldest go first. */
const MAX_VALUES = 1_024
/** A value of more bytes is not kept. */
const MAX_VALUE_BYTES = 16 * 1024

export interface DhtRecordsInit {
  /** Where the DHT keeps its records: its `datastorePrefix`. */
  readonly prefix: string
  /** This peer. */
  readonly self: string
  readonly clock: Pick<Clock, 'epochMs'>
  readonly limits?: ProviderTableLimits
}

/**
 * What a DHT server keeps for other peers: in memory and bounded, for anybody may ask it to. A peer that comes back after a
 * restart is given records anew; each lies with twenty peers.
 *
 * The DHT goes through all provider records every hour, to drop the expired ones and to announce its own again. When this
 * peer's own are announced is decided elsewhere, so it does not find them then.
 */
export class DhtRecords extends BaseDatastore {
  readonly #providers: ProviderTable
  readonly #prefix: string
  readonly #self: string
  readonly #clock: Pick<Clock, 'epochMs'>
  /** Bounded: MAX_VALUES of MAX_VALUE_BYTES, oldest out first. */
  readonly #values = new Map<string, Uint8Array>()

  constructor({ prefix, self, clock, limits }: DhtRecordsInit) {
    super()
    this.#prefix = `${prefix}/provider`
    this.#self = self
    this.#clock = clock
    this.#providers = new ProviderTable(limits ?? PROVIDER_LIMITS)
  }

  /** Provider records held. */
  get size(): number {
    return this.#providers.size
  }

  override put(key: Key, value: Uint8Array): Key {
    const parts = this.#parts(key)
    // A copy: what comes from the network is a view of a whole message.
    if (parts !== undefined) this.#providers.set({ ...parts, value: value.slice(), at: this.#clock.epochMs() })
    else if (value.byteLength <= MAX_VALUE_BYTES) this.#putValue(key.toString(), value.slice())
    return key
  }

  override get(key: Key): Uint8Array {
    const parts = this.#parts(key)
    const value =
      parts === undefined ? this.#values.get(key.toString()) : this.#providers.get(parts.block, parts.peer)?.value
    if (value === undefined) throw new NotFoundError(`no record ${key.toString()}`)
    return value
  }

  override has(key: Key): boolean {
    const parts = this.#parts(key)
    return parts === undefined
      ? this.#values.has(key.toString())
      : this.#providers.get(parts.block, parts.peer) !== undefined
  }

  override delete(key: Key): void {
    const parts = this.#parts(key)
    if (parts === undefined) this.#values.delete(key.toString())
    else this.#providers.delete(parts.block, parts.peer)
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a list, as a stream
  override async *_all({ prefix = '' }: Pick<Query, 'prefix'>): AsyncGenerator<Pair> {
    const block = this.#blockOf(prefix)
    const whole = this.#providers.all().filter(({ peer }) => peer !== this.#self)
    const records = block === undefined ? whole : this.#providers.of(block, this.#clock.epochMs())
    for (const { block: of, peer, value } of records) yield { key: new Key(`${this.#prefix}/${of}/${peer}`), value }
  }

  override async *_allKeys({ prefix }: KeyQuery): AsyncGenerator<Key> {
    for await (const { key } of this._all(prefix === undefined ? {} : { prefix })) yield key
  }

  #putValue(key: string, value: Uint8Array): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    dropOldest(this.#values, MAX_VALUES)
  }

  /** Block and peer of `<prefix>/provider/<block>/<peer>`. */
  #parts(key: Key): { block: string; peer: string } | undefined {
    const text = key.toString()
    if (!text.startsWith(`${this.#prefix}/`)) return undefined
    const [block, peer, ...more] = text.slice(this.#prefix.length + 1).split('/')
    return block === undefined || peer === undefined || more.length > 0 ? undefined : { block, peer }
  }

  #blockOf(prefix: string): string | undefined {
    const rest = prefix.startsWith(`${this.#prefix}/`) ? prefix.slice(this.#prefix.length + 1) : ''
    return rest === '' || rest.includes('/') ? undefined : rest
  }
}
