import type { Clock, Timer } from '../ports.ts'

/** Never less than a millisecond: a moment that rounds to "now" would come again and again. */
const MIN_DELAY_MS = 1

/** One timer, set for the earliest of the moments it is told. Times are those of the clock, in milliseconds. */
export class Alarm {
  readonly #clock: Pick<Clock, 'now' | 'setTimer'>
  readonly #ring: () => void
  #timer: Timer | undefined
  #at = Infinity

  constructor(clock: Pick<Clock, 'now' | 'setTimer'>, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings then, or earlier if it was told so before; Infinity changes nothing. */
  set(at: number): void {
    if (at === Infinity) return
    if (this.#timer !== undefined && this.#at <= at) return
    this.#timer?.cancel()
    this.#at = at
    this.#timer = this.#clock.setTimer(Math.max(MIN_DELAY_MS, at - this.#clock.now()), () => {
      this.#timer = undefined
      this.#at = Infinity
      this.#ring()
    })
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#at = Infinity
  }
}
