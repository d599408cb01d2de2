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
  #counting = false

  constructor(parts: StoreCountParts) {
    this.#parts = parts
  }

  /** The last count; a newer one is on its way if this one is old. */
  get(): StoreCount | undefined {
    if (!this.#counting && this.#parts.now() >= this.#notBefore) void this.#count()
    return this.#last
  }

  async #count(): Promise<void> {
    this.#counting = true
    const startedAt = this.#parts.now()
    try {
      this.#last = { ...(await this.#parts.count()), countedAt: startedAt }
    } catch {
      // A disk that fails says so elsewhere; what was counted before stands, with its time.
    } finally {
      const took = this.#parts.now() - startedAt
      this.#notBefore = startedAt + Math.max(MIN_AGE_MS, took * REST_FACTOR)
      this.#counting = false
    }
  }
}
