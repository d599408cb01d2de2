import type { PeerId } from './ids.ts'
import type { Clock, Logger, RecordStore, Timer } from './ports.ts'

export interface RecordWriterParts<Kept> {
  /** Where records survive a restart; without it nothing is written. */
  readonly store: RecordStore<Kept> | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** What is written, for the log: `ledgers`. */
  readonly what: string
  /** Wait between two writes of what changed. */
  readonly flushMs: number
  /** Records to be removed that are remembered; beyond, one stays in the store until the next start. */
  readonly maxForgotten: number
  /** The record of a peer as it is to be written now; undefined when there is none any more. */
  readonly recordOf: (peer: PeerId) => Kept | undefined
}

/** Writes tried when stopping, before what is unsaved is given up on with an error in the log. */
const FINAL_TRIES = 3

/** Writes the changed records of a book together, every so often; what could not be written is tried again. */
export class RecordWriter<Kept> {
  readonly #parts: RecordWriterParts<Kept>
  /** Bounded: the records of the book. */
  #changed = new Set<PeerId>()
  /** Bounded: `maxForgotten`. */
  #forgotten = new Set<PeerId>()
  #timer: Timer | undefined
  #flushing: Promise<boolean> | undefined
  #running = false

  constructor(parts: RecordWriterParts<Kept>) {
    this.#parts = parts
  }

  start(): void {
    this.#running = true
    this.#arm()
  }

  /** Writes what changed. */
  async stop(): Promise<void> {
    this.#running = false
    this.#timer?.cancel()
    this.#timer = undefined
    for (let tries = 0; tries < FINAL_TRIES; tries++) {
      if ((await this.flush()) && !this.#isDirty()) return
    }
    const { logger, what } = this.#parts
    logger.error(`${what} could not be saved`, { changed: this.#changed.size })
  }

  changed(peer: PeerId): void {
    if (this.#parts.store === undefined || this.#changed.has(peer)) return
    this.#changed.add(peer)
    this.#forgotten.delete(peer)
    this.#arm()
  }

  forgotten(peer: PeerId): void {
    this.#changed.delete(peer)
    if (this.#parts.store !== undefined) this.#remove(peer)
    this.#arm()
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

  #remove(peer: PeerId): void {
    if (this.#forgotten.size < this.#parts.maxForgotten) this.#forgotten.add(peer)
  }

  #isDirty(): boolean {
    return this.#changed.size > 0 || this.#forgotten.size > 0
  }

  #arm(): void {
    if (!this.#running || this.#timer !== undefined || !this.#isDirty()) return
    this.#timer = this.#parts.clock.setTimer(this.#parts.flushMs, () => {
      this.#timer = undefined
      void this.flush().then(() => this.#arm())
    })
  }

  async #write(): Promise<boolean> {
    const { store, logger, what, recordOf } = this.#parts
    if (store === undefined || !this.#isDirty()) return true
    const changed = this.#changed
    const forgotten = this.#forgotten
    this.#changed = new Set()
    this.#forgotten = new Set()
    try {
      if (forgotten.size > 0) await store.remove([...forgotten])
      forgotten.clear()
      const records = Array.from(changed, recordOf)
      if (records.length > 0) await store.save(records.filter((record) => record !== undefined))
      return true
    } catch (error) {
      logger.warn(`${what} not saved, will be tried again`, { error, changed: changed.size })
      for (const peer of changed) if (recordOf(peer) !== undefined) this.#changed.add(peer)
      for (const peer of forgotten) if (recordOf(peer) === undefined) this.#remove(peer)
      return false
    }
  }
}

/** The most recently used records, oldest first. The others are removed: they would never be read again. */
export async function readNewest<Kept extends { readonly peer: PeerId; readonly updatedAt: number }>(
  store: RecordStore<Kept>,
  limit: number
): Promise<readonly Kept[]> {
  const records: Kept[] = []
  for await (const record of store.all()) records.push(record)
  records.sort((a, b) => a.updatedAt - b.updatedAt)
  const dropped = records.splice(0, Math.max(0, records.length - limit))
  if (dropped.length > 0) await store.remove(dropped.map(({ peer }) => peer))
  return records
}
