/** Lets `perSecond` through on average, and `burst` at once. Pure: is told the time. */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  #tokens: number
  #filledAt = 0

  constructor(perSecond: number, burst: number) {
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#tokens = burst
  }

  get isEmpty(): boolean {
    return this.#tokens <= 0
  }

  /** Call before `isEmpty` is asked, with a time that never goes back. */
  refill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
  }

  /** Takes one, even when none is left: what is found out late is paid for later. */
  take(): void {
    this.#tokens--
  }
}
