import type { PeerId } from '../ids.ts'
import type { LedgerOptions } from '../options.ts'
import type { Clock, LedgerRecord, LedgerStore, Logger, Timer } from '../ports.ts'
import { Ledger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger.ts'

export interface LedgerBookParts {
  /** Where ledgers survive a restart; without it they live as long as the book. */
  readonly store?: LedgerStore | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** Writes tried when stopping, before what is unsaved is given up on with an error in the log. */
const FINAL_TRIES = 3

/**
 * The ledgers of all partners, connected or not. A ledger begins with the first block exchanged. Changed ledgers are
 * written together every `flushMs`; what could not be written stays marked and is tried again.
 */
export class LedgerBook {
  readonly #parts: LedgerBookParts
  readonly #options: LedgerOptions
  /** Bounded: `maxLedgers`; least recently used first, and that one is forgotten. */
  readonly #ledgers = new Map<PeerId, Ledger>()
  /** Bounded: connected peers. Their ledgers are the last to be forgotten. */
  readonly #connected = new Set<PeerId>()
  /** Bounded: a subset of `#ledgers`. */
  #changed = new Set<PeerId>()
  /** Bounded: `maxLedgers`; beyond, a forgotten ledger stays in the store until the next start. */
  #forgotten = new Set<PeerId>()
  #timer: Timer | undefined
  #flushing: Promise<boolean> | undefined
  #running = false
  /** What is stored is added once: from then on it is what this book wrote itself. */
  #restored = false

  constructor(parts: LedgerBookParts, options: LedgerOptions) {
    this.#parts = parts
    this.#options = options
  }

  /**
   * Reads the stored ledgers, the first time; a book that was stopped still knows them. Rejects when the store cannot be
   * read: going on would overwrite what it holds.
   */
  async start(): Promise<void> {
    const { store } = this.#parts
    if (store !== undefined && !this.#restored) this.#restore(await readNewest(store, this.#limit))
    this.#running = true
    this.#arm()
  }

  /** Writes what changed. Ledgers stay readable, and sent and received still count, until the process ends. */
  async stop(): Promise<void> {
    this.#running = false
    this.#timer?.cancel()
    this.#timer = undefined
    for (let tries = 0; tries < FINAL_TRIES; tries++) {
      if ((await this.flush()) && !this.#isDirty()) return
    }
    this.#parts.logger.error('ledgers could not be saved', { changed: this.#changed.size })
  }

  /** From now on this peer's ledger is kept in memory before those of absent ones. */
  connected(peer: PeerId): void {
    this.#connected.add(peer)
  }

  disconnected(peer: PeerId): void {
    this.#connected.delete(peer)
  }

  /** Call once the bytes are written. `blocks` counts as exchanges. */
  sent(peer: PeerId, bytes: number, blocks = 1): void {
    this.#touch(peer).sent(bytes, blocks, this.#parts.clock.epochMs())
    this.#mark(peer)
  }

  /** Call for wanted, verified, stored blocks only: others earn nothing. */
  received(peer: PeerId, bytes: number, blocks = 1): void {
    this.#touch(peer).received(bytes, blocks, this.#parts.clock.epochMs())
    this.#mark(peer)
  }

  /** 0 for a peer with whom nothing was exchanged. */
  debtRatio(peer: PeerId): number {
    return this.#ledgers.get(peer)?.debtRatio(this.#parts.clock.epochMs()) ?? 0
  }

  get(peer: PeerId): LedgerSnapshot | undefined {
    return this.#ledgers.get(peer)?.snapshot(this.#parts.clock.epochMs())
  }

  all(): readonly LedgerSnapshot[] {
    const now = this.#parts.clock.epochMs()
    return Array.from(this.#ledgers.values(), (ledger) => ledger.snapshot(now))
  }

  /** Writes what changed so far; true when the store took it. Runs one at a time. */
  async flush(): Promise<boolean> {
    while (this.#flushing !== undefined) await this.#flushing
    this.#flushing = this.#write()
    try {
      return await this.#flushing
    } finally {
      this.#flushing = undefined
    }
  }

  get #limit(): number {
    return Math.max(1, this.#options.maxLedgers)
  }

  #restore(records: readonly LedgerRecord[]): void {
    if (this.#restored) return
    this.#restored = true
    const now = this.#parts.clock.epochMs()
    for (const record of records) {
      const ledger = this.#ledgers.get(record.peer) ?? new Ledger(record.peer, this.#options.halfLifeMs, now)
      if (ledger.restore(record, now)) this.#ledgers.set(record.peer, ledger)
      else this.#parts.logger.warn('stored ledger is damaged and left out', { record })
    }
    while (this.#ledgers.size > this.#limit) this.#forgetOne()
  }

  #isDirty(): boolean {
    return this.#changed.size > 0 || this.#forgotten.size > 0
  }

  #touch(peer: PeerId): Ledger {
    const known = this.#ledgers.get(peer)
    const ledger = known ?? new Ledger(peer, this.#options.halfLifeMs, this.#parts.clock.epochMs())
    if (known !== undefined) this.#ledgers.delete(peer)
    this.#ledgers.set(peer, ledger)
    if (known === undefined && this.#ledgers.size > this.#limit) this.#forgetOne()
    return ledger
  }

  /** Forgets the least recently used; a connected partner only when all are. */
  #forgetOne(): void {
    for (let spared = 0; spared <= this.#connected.size; spared++) {
      const [peer, ledger] = this.#ledgers.entries().next().value ?? []
      if (peer === undefined || ledger === undefined) return
      this.#ledgers.delete(peer)
      if (this.#connected.has(peer) && spared < this.#connected.size) {
        this.#ledgers.set(peer, ledger)
        continue
      }
      this.#changed.delete(peer)
      if (this.#parts.store !== undefined && this.#forgotten.size < this.#limit) this.#forgotten.add(peer)
      this.#arm()
      return
    }
  }

  #mark(peer: PeerId): void {
    if (this.#parts.store === undefined) return
    this.#changed.add(peer)
    this.#forgotten.delete(peer)
    this.#arm()
  }

  #arm(): void {
    if (!this.#running || this.#timer !== undefined || !this.#isDirty()) return
    this.#timer = this.#parts.clock.setTimer(this.#options.flushMs, () => {
      this.#timer = undefined
      void this.flush().then(() => this.#arm())
    })
  }

  async #write(): Promise<boolean> {
    const { store, logger } = this.#parts
    if (store === undefined || !this.#isDirty()) return true
    const changed = this.#changed
    const forgotten = this.#forgotten
    this.#changed = new Set()
    this.#forgotten = new Set()
    try {
      if (forgotten.size > 0) await store.remove([...forgotten])
      forgotten.clear()
      const records = Array.from(changed, (peer) => this.#ledgers.get(peer)?.record())
      if (records.length > 0) await store.save(records.filter((record) => record !== undefined))
      return true
    } catch (error) {
      logger.warn('ledgers not saved, will be tried again', { error, changed: changed.size })
      for (const peer of changed) if (this.#ledgers.has(peer)) this.#changed.add(peer)
      for (const peer of forgotten) if (!this.#ledgers.has(peer)) this.#forgotten.add(peer)
      return false
    }
  }
}

/** The most recently used records, oldest first. The others are removed: they would never be read again. */
async function readNewest(store: LedgerStore, limit: number): Promise<readonly LedgerRecord[]> {
  const records: LedgerRecord[] = []
  for await (const record of store.all()) records.push(record)
  records.sort((a, b) => a.updatedAt - b.updatedAt)
  const dropped = records.splice(0, Math.max(0, records.length - limit))
  if (dropped.length > 0) await store.remove(dropped.map(({ peer }) => peer))
  return records
}
