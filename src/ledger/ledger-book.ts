import type { PeerId } from '../ids.ts'
import type { LedgerOptions } from '../options.ts'
import type { Clock, LedgerRecord, LedgerStore, Logger } from '../ports.ts'
import { readNewest, RecordWriter } from '../record-writer.ts'
import { Ledger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger.ts'

export interface LedgerBookParts {
  /** Where ledgers survive a restart; without it they live as long as the book. */
  readonly store?: LedgerStore | undefined
  readonly clock: Clock
  readonly logger: Logger
}

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
  /** Used last, and so the last of all: the blocks of a message ask for it one after the other. */
  #latest: Ledger | undefined
  readonly #writer: RecordWriter<LedgerRecord>
  /** What is stored is added once: from then on it is what this book wrote itself. */
  #restored = false

  constructor(parts: LedgerBookParts, options: LedgerOptions) {
    this.#parts = parts
    this.#options = options
    const { store, clock, logger } = parts
    this.#writer = new RecordWriter({
      store,
      clock,
      logger,
      what: 'ledgers',
      flushMs: options.flushMs,
      maxForgotten: this.#limit,
      recordOf: (peer) => this.#ledgers.get(peer)?.record()
    })
  }

  /**
   * Reads the stored ledgers, the first time; a book that was stopped still knows them. Rejects when the store cannot be
   * read: going on would overwrite what it holds.
   */
  async start(): Promise<void> {
    const { store } = this.#parts
    if (store !== undefined && !this.#restored) this.#restore(await readNewest(store, this.#limit))
    this.#writer.start()
  }

  /** Writes what changed. Ledgers stay readable, and sent and received still count, until the process ends. */
  stop(): Promise<void> {
    return this.#writer.stop()
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
    this.#writer.changed(peer)
  }

  /** Call for wanted, verified, stored blocks only: others earn nothing. */
  received(peer: PeerId, bytes: number, blocks = 1): void {
    this.#touch(peer).received(bytes, blocks, this.#parts.clock.epochMs())
    this.#writer.changed(peer)
  }

  // What the account of a peer says, as a strategy reads it in passing: 0 where nothing was exchanged, and no snapshot.

  bytesSent(peer: PeerId): number {
    return this.#ledgers.get(peer)?.bytesSent ?? 0
  }

  bytesReceived(peer: PeerId): number {
    return this.#ledgers.get(peer)?.bytesReceived ?? 0
  }

  recentSent(peer: PeerId): number {
    return this.#ledgers.get(peer)?.recentSent(this.#parts.clock.epochMs()) ?? 0
  }

  recentReceived(peer: PeerId): number {
    return this.#ledgers.get(peer)?.recentReceived(this.#parts.clock.epochMs()) ?? 0
  }

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
  flush(): Promise<boolean> {
    return this.#writer.flush()
  }

  get #limit(): number {
    return Math.max(1, this.#options.maxLedgers)
  }

  #restore(records: readonly LedgerRecord[]): void {
    if (this.#restored) return
    this.#restored = true
    // No longer the last.
    this.#latest = undefined
    const now = this.#parts.clock.epochMs()
    for (const record of records) {
      const ledger = this.#ledgers.get(record.peer) ?? new Ledger(record.peer, this.#options.halfLifeMs, now)
      if (ledger.restore(record, now)) this.#ledgers.set(record.peer, ledger)
      else this.#parts.logger.warn('stored ledger is damaged and left out', { record })
    }
    while (this.#ledgers.size > this.#limit) this.#forgetOne()
  }

  #touch(peer: PeerId): Ledger {
    if (this.#latest?.peer === peer) return this.#latest
    const known = this.#ledgers.get(peer)
    const ledger = known ?? new Ledger(peer, this.#options.halfLifeMs, this.#parts.clock.epochMs())
    if (known !== undefined) this.#ledgers.delete(peer)
    this.#ledgers.set(peer, ledger)
    this.#latest = ledger
    if (known === undefined && this.#ledgers.size > this.#limit) this.#forgetOne()
    return ledger
  }

  /** Forgets the least recently used; a connected partner only when all are. */
  #forgetOne(): void {
    this.#latest = undefined
    for (let spared = 0; spared <= this.#connected.size; spared++) {
      const [peer, ledger] = this.#ledgers.entries().next().value ?? []
      if (peer === undefined || ledger === undefined) return
      this.#ledgers.delete(peer)
      if (this.#connected.has(peer) && spared < this.#connected.size) {
        this.#ledgers.set(peer, ledger)
        continue
      }
      this.#writer.forgotten(peer)
      return
    }
  }
}
