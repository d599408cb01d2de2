/** Lets `perSecond` through on average, and `burst` at once. Pure: is told the time, in milliseconds that never go back. */
export class TokenBucket {
  #perMs: number
  #burst: number
  #tokens: number
  #filledAt: number

  constructor(perSecond: number, burst: number, now = 0) {
    this.#perMs = perSecond / 1_000
    this.#burst = burst
    this.#tokens = burst
    this.#filledAt = now
  }

  /** What is left; negative after more was taken than there was. */
  get tokens(): number {
    return this.#tokens
  }

  get isEmpty(): boolean {
    return this.#tokens <= 0
  }

  /** Call before `isEmpty` is asked. */
  refill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
  }

  /** Takes so many, even when fewer are left: what is found out late is paid for later. */
  take(count = 1): void {
    this.#tokens -= count
  }

  /** Puts back what was taken and not used. */
  giveBack(count: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + count)
  }

  /** When it will not be empty, as far as one can tell now; `now` when it is not. */
  readyAt(now: number): number {
    this.refill(now)
    return this.#tokens > 0 ? now : now + Math.ceil((1 - this.#tokens) / this.#perMs)
  }

  /** From now on at another pace; what was saved up beyond the new burst is lost, and no debt takes longer to pay than before. */
  setRate(perSecond: number, burst: number, now: number): void {
    this.refill(now)
    const perMs = perSecond / 1_000
    if (this.#tokens < 0) this.#tokens *= Math.min(perMs / this.#perMs, 1)
    this.#perMs = perMs
    this.#burst = burst
    this.#tokens = Math.min(this.#tokens, burst)
  }
}
