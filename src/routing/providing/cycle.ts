/** One going-through of everything that is provided. Times are milliseconds since 1970. */
export interface Cycle {
  readonly startedAt: number
  /** Undefined while it is under way. */
  readonly finishedAt: number | undefined
  /** Keys of the last cycle that was finished; undefined before the first. */
  readonly lastKeys: number | undefined
  /** How long that one took. */
  readonly lastDurationMs: number | undefined
  /** Routers in which at least one record was taken. */
  readonly reached: readonly string[]
}

export function newCycle(now: number, last?: Cycle): Cycle {
  return {
    startedAt: now,
    finishedAt: undefined,
    lastKeys: last?.lastKeys,
    lastDurationMs: last?.lastDurationMs,
    reached: []
  }
}

export function finish(cycle: Cycle, now: number, keys: number): Cycle {
  return { ...cycle, finishedAt: now, lastKeys: keys, lastDurationMs: now - cycle.startedAt }
}

/** When the next cycle begins; a clock that was set back makes it begin at once. */
export function nextCycleAt(cycle: Cycle, now: number, intervalMs: number): number {
  return cycle.startedAt > now ? now : cycle.startedAt + intervalMs
}

/** Keys after which the pace of a cycle says something about its end. */
const ENOUGH_KEYS = 16

/**
 * How much later than the interval allows the cycle under way will end, in milliseconds, as far as can be told: by then
 * other peers may have dropped our records. 0 when it keeps up.
 */
export function behindMs(cycle: Cycle, done: number, now: number, intervalMs: number): number {
  if (cycle.finishedAt !== undefined || intervalMs === 0) return 0
  const elapsedMs = Math.max(0, now - cycle.startedAt)
  const keys = cycle.lastKeys
  const expectedMs = keys === undefined || done < ENOUGH_KEYS ? 0 : (elapsedMs / done) * Math.max(keys, done)
  return Math.max(0, elapsedMs - intervalMs, expectedMs - intervalMs)
}
