/** What a session that hears nothing waits beside three times its average latency, in milliseconds. */
const BASE_TICK_MS = 500
const LATENCY_FACTOR = 3

/**
 * When a session that receives nothing asks everybody and routing again: first after a fixed delay, then after some times
 * the average latency of its blocks, and longer with every tick that brought nothing.
 */
export class IdleTimer {
  readonly #firstDelayMs: () => number
  #latencySumMs = 0
  #samples = 0
  #ticks = 0
  #at = Infinity

  constructor(firstDelayMs: () => number) {
    this.#firstDelayMs = firstDelayMs
  }

  /** When it rings; Infinity while it is stopped. */
  get at(): number {
    return this.#at
  }

  /** Ticks since the last block. */
  get ticks(): number {
    return this.#ticks
  }

  start(now: number): void {
    this.#at = now + this.#delayMs() * (1 + this.#ticks)
  }

  stop(): void {
    this.#at = Infinity
  }

  /** A block came; so long ago it was asked for. */
  arrived(latencyMs: number): void {
    this.#latencySumMs += latencyMs
    this.#samples++
    this.#ticks = 0
  }

  ticked(now: number): void {
    // The pause after this tick is as long as those before made it; each further one is longer.
    this.#at = now + Math.max(this.#delayMs(), BASE_TICK_MS) * (1 + this.#ticks)
    this.#ticks++
  }

  /** A first delay of next to nothing is for the first time alone. */
  #delayMs(): number {
    const { averageMs } = this
    if (averageMs !== undefined) return BASE_TICK_MS + LATENCY_FACTOR * averageMs
    return this.#ticks === 0 ? this.#firstDelayMs() : Math.max(this.#firstDelayMs(), BASE_TICK_MS)
  }

  /** Average latency of the blocks so far, in milliseconds. */
  get averageMs(): number | undefined {
    return this.#samples === 0 ? undefined : this.#latencySumMs / this.#samples
  }
}
