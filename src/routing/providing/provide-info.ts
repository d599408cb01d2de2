/** How providing goes. Times are milliseconds since 1970. */
export interface ProvideInfo {
  /**
   * `paused`: after failures, until `resumesInMs` are over. `waiting`: nobody is there who could be told, which is no
   * failure. `stopped`: nothing is provided by itself.
   */
  readonly state: 'idle' | 'providing' | 'paused' | 'waiting' | 'stopped'
  readonly resumesInMs: number
  /** Why the last key that failed did. */
  readonly lastError: string | undefined
  /** Keys that wait, and how many may. */
  readonly queued: number
  readonly maxQueued: number
  /** Keys being provided, and how many may be at a time. */
  readonly active: number
  readonly workers: number
  readonly intervalMs: number
  readonly cycle: {
    readonly startedAt: number
    readonly finishedAt: number | undefined
    /** Keys provided in it so far. */
    readonly done: number
    /** Keys of the last finished cycle; undefined before there was one. */
    readonly lastKeys: number | undefined
    readonly lastDurationMs: number | undefined
    readonly nextAt: number
  }
  /** How much too late the cycle under way will end; 0 when it keeps up. */
  readonly behindMs: number
  /** Since the start of this process. */
  readonly provided: number
  readonly failed: number
  /** Announced when the queue was full; found by going through everything. */
  readonly overflowed: number
  readonly averageMs: number
}
