export interface ProvidingOptions {
  /** Time after which everything is provided anew, in milliseconds. Records stand for 48 hours. 0 turns it off. */
  readonly intervalMs: number
  /** Keys provided side by side. Each asks dozens of peers. */
  readonly workers: number
  /** Keys that may wait; more are found when everything is gone through. */
  readonly maxQueued: number
  readonly startsPerSecond: number
}

export const DEFAULT_PROVIDING_OPTIONS: ProvidingOptions = {
  intervalMs: 22 * 3_600_000,
  workers: 4,
  maxQueued: 16_384,
  startsPerSecond: 50
}
