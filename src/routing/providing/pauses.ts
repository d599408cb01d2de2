/** First pause after a failure, in milliseconds; it doubles with each that follows, until something succeeds. */
export const FIRST_PAUSE_MS = 1_000
export const MAX_PAUSE_MS = 5 * 60_000
/** Hope (a peer that connects) shortens a pause no more often than this. */
const HOPE_EVERY_MS = 10_000

/** When the next key may be tried: not too many a second, and after failures not for a while. */
export class Pauses {
  readonly #gapMs: number
  #failures = 0
  #pausedAt = -Infinity
  #until = 0
  #nextStartAt = 0
  #hopedAt = -Infinity

  constructor(startsPerSecond: number) {
    this.#gapMs = 1_000 / startsPerSecond
  }

  /** Milliseconds until the next may start. */
  waitMs(now: number): number {
    return Math.max(0, this.#until - now, this.#nextStartAt - now)
  }

  isPaused(now: number): boolean {
    return this.#until > now
  }

  started(now: number): void {
    this.#nextStartAt = now + this.#gapMs
  }

  succeeded(): void {
    this.#failures = 0
    this.#until = 0
  }

  /** One that was under way when the pause began says nothing new. */
  failed(startedAt: number, now: number): void {
    if (startedAt < this.#pausedAt) return
    this.#pausedAt = now
    this.#until = now + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 20), MAX_PAUSE_MS)
    this.#failures++
  }

  /** Something changed for the better: try again soon. True when that makes a difference. */
  hope(now: number): boolean {
    if (!this.isPaused(now) || now - this.#hopedAt < HOPE_EVERY_MS) return false
    this.#hopedAt = now
    this.#failures = 0
    this.#until = Math.min(this.#until, now + FIRST_PAUSE_MS)
    return true
  }
}
