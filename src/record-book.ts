import type { PeerId } from './ids.ts'
import type { Clock, Logger, RecordStore } from './ports.ts'
import { readNewest, RecordWriter } from './record-writer.ts'

export interface RecordBookParts<Entry, Kept> {
  /** Where entries survive a restart; without it they live as long as the book. */
  readonly store: RecordStore<Kept> | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** What is kept, for the log: `ledgers`. */
  readonly what: string
  /** Wait between two writes of what changed. */
  readonly flushMs: number
  /** Entries at most. */
  readonly max: number
  readonly make: (peer: PeerId) => Entry
  /** An entry as it is to be written now. */
  readonly recordOf: (entry: Entry) => Kept
  /** Adds to an entry what was stored of it; false for what makes no sense. */
  readonly restore: (entry: Entry, record: Kept) => boolean
  /** Makes way as late as those who are connected. */
  readonly isSpared?: (peer: PeerId) => boolean
}

/**
 * What is kept of each peer, connected or not: an entry from the first thing worth remembering on. Changed entries are
 * written together every `flushMs`; what could not be written is tried again.
 */
export class RecordBook<Entry, Kept extends { readonly peer: PeerId; readonly updatedAt: number }> {
  readonly #parts: RecordBookParts<Entry, Kept>
  readonly #max: number
  /** Bounded: `max`; of those that may make way, the least recently used first. */
  readonly #entries = new Map<PeerId, Entry>()
  /** Bounded: connected peers. Their entries are the last to be forgotten. */
  readonly #connected = new Set<PeerId>()
  readonly #writer: RecordWriter<Kept>
  /** What is stored is added once: from then on it is what this book wrote itself. */
  #restored = false

  constructor(parts: RecordBookParts<Entry, Kept>) {
    this.#parts = parts
    this.#max = Math.max(1, parts.max)
    const { store, clock, logger, what, flushMs } = parts
    this.#writer = new RecordWriter({
      store,
      clock,
      logger,
      what,
      flushMs,
      maxForgotten: this.#max,
      recordOf: (peer) => {
        const entry = this.#entries.get(peer)
        return entry === undefined ? undefined : parts.recordOf(entry)
      }
    })
  }

  /**
   * Reads what is stored, the first time; a book that was stopped still knows it. Rejects when the store cannot be read:
   * going on would overwrite what it holds.
   */
  async start(): Promise<void> {
    const { store } = this.#parts
    if (store !== undefined && !this.#restored) this.#restore(await readNewest(store, this.#max))
    this.#writer.start()
  }

  /** Writes what changed. Entries stay readable, and may still change, until the process ends. */
  stop(): Promise<void> {
    return this.#writer.stop()
  }

  /** Writes what changed so far; true when the store took it. Runs one at a time. */
  flush(): Promise<boolean> {
    return this.#writer.flush()
  }

  connected(peer: PeerId): void {
    this.#connected.add(peer)
  }

  /** It was of use until now, and is the last to be forgotten of those that left. */
  disconnected(peer: PeerId): void {
    this.#connected.delete(peer)
    const entry = this.#entries.get(peer)
    if (entry !== undefined) this.#moveLast(peer, entry)
  }

  get(peer: PeerId): Entry | undefined {
    return this.#entries.get(peer)
  }

  values(): Iterable<Entry> {
    return this.#entries.values()
  }

  /** The entry, made where there is none, to be changed now. */
  change(peer: PeerId): Entry {
    const known = this.#entries.get(peer)
    const entry = known ?? this.#parts.make(peer)
    // Those of connected peers do not make way, and are left where they are.
    if (known === undefined || !this.#connected.has(peer)) this.#moveLast(peer, entry)
    if (known === undefined) this.#makeRoom()
    this.#writer.changed(peer)
    return entry
  }

  #moveLast(peer: PeerId, entry: Entry): void {
    this.#entries.delete(peer)
    this.#entries.set(peer, entry)
  }

  /** Forgets the least recently used; a connected or spared one only when all are. */
  #makeRoom(): void {
    if (this.#entries.size <= this.#max) return
    let oldest: PeerId | undefined
    for (const peer of this.#entries.keys()) {
      oldest ??= peer
      if (this.#connected.has(peer) || this.#parts.isSpared?.(peer) === true) continue
      this.#forget(peer)
      return
    }
    if (oldest !== undefined) this.#forget(oldest)
  }

  #forget(peer: PeerId): void {
    this.#entries.delete(peer)
    this.#writer.forgotten(peer)
  }

  #restore(records: readonly Kept[]): void {
    const { make, restore, logger, what } = this.#parts
    if (this.#restored) return
    this.#restored = true
    for (const record of records) {
      const entry = this.#entries.get(record.peer) ?? make(record.peer)
      if (restore(entry, record)) this.#entries.set(record.peer, entry)
      else logger.warn(`${what}: a stored record is damaged and left out`, { record })
    }
    while (this.#entries.size > this.#max) this.#makeRoom()
  }
}
