import { signal } from '@preact/signals'
import type { Flow } from '../insight.ts'

/** Samples kept: one a second. */
export const MAX_SAMPLES = 600

export interface RateSample {
  /** Milliseconds since 1970, on the clock of this machine. */
  readonly at: number
  /** Left out while nothing was heard of the daemon. */
  readonly flows?: { readonly in: Flow; readonly out: Flow } | undefined
}

/** The rates of the last minutes. */
export class RateHistory {
  /** Bounded: `MAX_SAMPLES`. */
  #samples: RateSample[] = []
  /** Grows whenever there is something new to draw. */
  readonly version = signal(0)

  get samples(): readonly RateSample[] {
    return this.#samples
  }

  /** Takes a sample in; it is drawn at once unless the view is held. */
  push(sample: RateSample, isHeld: boolean): void {
    this.#samples.push(sample)
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift()
    if (!isHeld) this.version.value += 1
  }
}
