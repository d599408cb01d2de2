/** Growing pauses between attempts. */
export interface BackOff {
  readonly firstMs: number
  readonly maxMs: number
}

/** Part of a pause that chance takes off, so that peers that lost one another together do not come back together. */
const JITTER = 0.25

/**
 * The pause before attempt `attempt` (the first one is 0): doubled each time up to `maxMs`, less a part by chance.
 * `chance` is in [0, 1).
 */
export function backOffMs(attempt: number, { firstMs, maxMs }: BackOff, chance: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 52)) * (1 - JITTER * chance)
}
