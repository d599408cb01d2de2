/** Who provides what, as other peers told it: nothing of it is ours, so all of it is bounded. */

export interface ProviderTableLimits {
  /** Records over all; the oldest go first. */
  readonly maxRecords: number
  /** Records of one peer; its oldest go first. Nobody fills the table alone. */
  readonly maxPerPeer: number
  /** Peers that provide one block; the oldest go first. All of them go into one answer. */
  readonly maxPerBlock: number
  /** How long a record stands, in milliseconds. */
  readonly validityMs: number
}

export const PROVIDER_LIMITS: ProviderTableLimits = {
  maxRecords: 65_536,
  maxPerPeer: 16_384,
  maxPerBlock: 64,
  validityMs: 48 * 3_600_000
}

export interface ProviderRecord {
  readonly block: string
  readonly peer: string
  readonly value: Uint8Array
  readonly at: number
}

export class ProviderTable {
  readonly #limits: ProviderTableLimits
  /** By name, oldest first. Bounded: `maxRecords`. */
  readonly #records = new Map<string, ProviderRecord>()
  /** Names of records. Bounded: by #records, and each set by `maxPerBlock`. */
  readonly #byBlock = new Map<string, Set<string>>()
  /** Names of records. Bounded: by #records, and each set by `maxPerPeer`. */
  readonly #byPeer = new Map<string, Set<string>>()

  constructor(limits: ProviderTableLimits = PROVIDER_LIMITS) {
    this.#limits = limits
  }

  get size(): number {
    return this.#records.size
  }

  set(record: ProviderRecord): void {
    this.delete(record.block, record.peer)
    const name = nameOf(record.block, record.peer)
    this.#records.set(name, record)
    this.#trim(add(this.#byBlock, record.block, name), this.#limits.maxPerBlock)
    this.#trim(add(this.#byPeer, record.peer, name), this.#limits.maxPerPeer)
    this.#trim(this.#records, this.#limits.maxRecords)
  }

  get(block: string, peer: string): ProviderRecord | undefined {
    return this.#records.get(nameOf(block, peer))
  }

  delete(block: string, peer: string): void {
    const name = nameOf(block, peer)
    if (!this.#records.delete(name)) return
    remove(this.#byBlock, block, name)
    remove(this.#byPeer, peer, name)
  }

  /** Records of one block that still stand. */
  of(block: string, now: number): readonly ProviderRecord[] {
    const names = [...(this.#byBlock.get(block) ?? [])]
    return names.flatMap((name) => this.#records.get(name) ?? []).filter(({ at }) => now - at < this.#limits.validityMs)
  }

  all(): readonly ProviderRecord[] {
    return [...this.#records.values()]
  }

  *#oldest(names: { keys(): Iterable<string> }): Generator<ProviderRecord> {
    for (const name of names.keys()) {
      const record = this.#records.get(name)
      if (record !== undefined) yield record
    }
  }

  #trim(names: { readonly size: number; keys(): Iterable<string> }, max: number): void {
    while (names.size > max) {
      const [oldest] = this.#oldest(names)
      if (oldest === undefined) return
      this.delete(oldest.block, oldest.peer)
    }
  }
}

function nameOf(block: string, peer: string): string {
  return `${block}/${peer}`
}

function add(index: Map<string, Set<string>>, key: string, name: string): Set<string> {
  const names = index.get(key) ?? new Set()
  index.set(key, names)
  return names.add(name)
}

function remove(index: Map<string, Set<string>>, key: string, name: string): void {
  const names = index.get(key)
  names?.delete(name)
  if (names?.size === 0) index.delete(key)
}
