import type { RequestOutcome } from '../requests.ts'

/** Parts of the peers, in percent, as they stand in the names of metrics. */
export const DONE_PERCENTS = [50, 90, 99] as const

/** When each peer that asked for anything had all of it, in milliseconds from `startMs`; Infinity for those that never did. */
export function doneTimes(outcomes: readonly RequestOutcome[], startMs: number): Map<number, number> {
  const done = new Map<number, number>()
  for (const { peer, atMs, completeMs } of outcomes) {
    const at = completeMs === undefined ? Infinity : atMs + completeMs - startMs
    done.set(peer, Math.max(done.get(peer) ?? 0, at))
  }
  return done
}

/** Until so many percent of the peers were done; Infinity if they never were. */
export function doneMs(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Infinity
}
