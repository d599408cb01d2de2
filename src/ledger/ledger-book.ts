import type { PeerId } from '../ids.ts'
import type { LedgerOptions } from '../options.ts'
import type { Clock, LedgerRecord, LedgerStore, Logger } from '../ports.ts'
import { RecordBook } from '../record-book.ts'
import { Ledger } from './ledger.ts'
import type { LedgerSnapshot } from './ledger.ts'

export interface LedgerBookParts {
  /** Where ledgers survive a restart; without it they live as long as the book. */
  readonly store?: LedgerStore | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/** The ledgers of all partners, connected or not. A ledger begins with the first block exchanged. */
export class LedgerBook {
  readonly #clock: Clock
  readonly #ledgers: RecordBook<Ledger, LedgerRecord>

  constructor({ store, clock, logger }: LedgerBookParts, { maxLedgers, halfLifeMs, flushMs }: LedgerOptions) {
    this.#clock = clock
    this.#ledgers = new RecordBook({
      store,
      clock,
      logger,
      what: 'ledgers',
      flushMs,
      max: maxLedgers,
      make: (peer) => new Ledger(peer, halfLifeMs, clock.epochMs()),
      recordOf: (ledger) => ledger.record(),
      restore: (ledger, record) => ledger.restore(record, clock.epochMs())
    })
  }

  /** Reads the stored ledgers, the first time. Rejects when that fails: going on would overwrite what the store holds. */
  start(): Promise<void> {
    return this.#ledgers.start()
  }

  /** Writes what changed. Ledgers stay readable, and sent and received still count, until the process ends. */
  stop(): Promise<void> {
    return this.#ledgers.stop()
  }

  /** From now on this peer's ledger is kept in memory before those of absent ones. */
  connected(peer: PeerId): void {
    this.#ledgers.connected(peer)
  }

  disconnected(peer: PeerId): void {
    this.#ledgers.disconnected(peer)
  }

  /** Call once the bytes are written. `blocks` counts as exchanges. */
  sent(peer: PeerId, bytes: number, blocks = 1): void {
    this.#ledgers.change(peer).sent(bytes, blocks, this.#clock.epochMs())
  }

  /** Call for wanted, verified, stored blocks only: others earn nothing. */
  received(peer: PeerId, bytes: number, blocks = 1): void {
    this.#ledgers.change(peer).received(bytes, blocks, this.#clock.epochMs())
  }

  // What the account of a peer says, as a strategy reads it in passing: 0 where nothing was exchanged, and no snapshot.

  bytesSent(peer: PeerId): number {
    return this.#ledgers.get(peer)?.bytesSent ?? 0
  }

  bytesReceived(peer: PeerId): number {
    return this.#ledgers.get(peer)?.bytesReceived ?? 0
  }

  recentSent(peer: PeerId): number {
    return this.#ledgers.get(peer)?.recentSent(this.#clock.epochMs()) ?? 0
  }

  recentReceived(peer: PeerId): number {
    return this.#ledgers.get(peer)?.recentReceived(this.#clock.epochMs()) ?? 0
  }

  debtRatio(peer: PeerId): number {
    return this.#ledgers.get(peer)?.debtRatio(this.#clock.epochMs()) ?? 0
  }

  get(peer: PeerId): LedgerSnapshot | undefined {
    return this.#ledgers.get(peer)?.snapshot(this.#clock.epochMs())
  }

  all(): readonly LedgerSnapshot[] {
    const now = this.#clock.epochMs()
    return Array.from(this.#ledgers.values(), (ledger) => ledger.snapshot(now))
  }

  /** Writes what changed so far; true when the store took it. Runs one at a time. */
  flush(): Promise<boolean> {
    return this.#ledgers.flush()
  }
}
