import type { Clock, Timer } from '../../ports.ts'

/** Least time between two notices of one peer; doubled by each that follows close upon another. */
export const MIN_GAP_MS = 1_000
export const MAX_GAP_MS = 30_000

/**
 * Tells that a peer's stream was lost, but not too often: each notice makes us say again all that we want of the peer.
 * The first one is told at once. One that comes too early is told when it is due, several of those as one.
 */
export class LossNotices {
  readonly #clock: Clock
  readonly #tell: () => void
  #gapMs = MIN_GAP_MS
  #toldMs = Number.NEGATIVE_INFINITY
  #timer: Timer | undefined

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock
    this.#tell = tell
  }

  lost(): void {
    if (this.#timer !== undefined) return
    const since = this.#clock.now() - this.#toldMs
    if (since >= this.#gapMs) {
      this.#now(since < 2 * this.#gapMs)
    } else {
      this.#timer = this.#clock.setTimer(this.#gapMs - since, () => {
        this.#timer = undefined
        this.#now(true)
      })
    }
  }

  /** Tells nothing any more. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #now(again: boolean): void {
    this.#gapMs = again ? Math.min(MAX_GAP_MS, 2 * this.#gapMs) : MIN_GAP_MS
    this.#toldMs = this.#clock.now()
    this.#tell()
  }
}
