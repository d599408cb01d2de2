import type { AbortOptions } from '../../ports.ts'
import { unlessAborted } from '../../unless-aborted.ts'

/** What is stored, as far as it was counted. */
export interface StoreCount {
  readonly blocks: number
  readonly bytes: number
  readonly countedAt: number
}

export interface StoreCountParts {
  /** Looks at each block: takes a while. */
  readonly count: () => Promise<{ readonly blocks: number; readonly bytes: number }>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Counted again after so long at the soonest, in milliseconds; and never for more than a part of the time. */
const MIN_AGE_MS = 60_000
const REST_FACTOR = 50

/** Counts the blocks in the background, when somebody asks, and not too often: on a disk it takes a look at each of them. */
export class StoreCounts {
  readonly #parts: StoreCountParts
  #last: StoreCount | undefined
  #notBefore = -Infinity
  #counting: Promise<StoreCount> | undefined

  constructor(parts: StoreCountParts) {
    this.#parts = parts
  }

  /** The last count; a newer one is on its way if this one is old. */
  get(): StoreCount | undefined {
    // A disk that fails says so elsewhere; what was counted before stands, with its time.
    if (this.#counting === undefined && this.#parts.now() >= this.#notBefore) this.#begin().catch(() => undefined)
    return this.#last
  }

  /** As `get`; the first count of all is waited for, and rejects as it fails. */
  async counted({ signal }: AbortOptions = {}): Promise<StoreCount> {
    const last = this.get()
    if (last !== undefined) return last
    const first = this.#counting ?? this.#begin()
    return await unlessAborted(first, signal)
  }

  #begin(): Promise<StoreCount> {
    const counting = this.#count()
    this.#counting = counting
    return counting
  }

  async #count(): Promise<StoreCount> {
    const startedAt = this.#parts.now()
    try {
      this.#last = { ...(await this.#parts.count()), countedAt: startedAt }
      return this.#last
    } finally {
      const took = this.#parts.now() - startedAt
      this.#notBefore = startedAt + Math.max(MIN_AGE_MS, took * REST_FACTOR)
      this.#counting = undefined
    }
  }
}
