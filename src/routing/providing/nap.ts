import type { Clock } from '../../ports.ts'

/** Longest time without a look at what is due: the clock of the machine may be set. */
export const MAX_NAP_MS = 10 * 60_000

/** A wait that ends with its time, or sooner when there is something to do. */
export class Nap {
  readonly #clock: Clock
  #over: (() => void) | undefined
  /** Woken while awake: the next nap is none. */
  #woken = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** To be taken by one at a time. */
  async take(ms: number): Promise<void> {
    if (this.#woken || ms <= 0) {
      this.#woken = false
      return
    }
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(ms, resolve)
      this.#over = (): void => {
        timer.cancel()
        resolve()
      }
    })
    this.#over = undefined
    this.#woken = false
  }

  wake(): void {
    this.#woken = true
    this.#over?.()
  }
}
