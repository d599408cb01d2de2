import { diffSnapshots } from '../../api/server/insight-change.ts'
import type { InsightEvent } from '../../api/service/insight-service.ts'
import type { Snapshot } from '../../api/service/insight-snapshot.ts'

/** Shortest time between two events, in milliseconds. */
export const EVENT_EVERY_MS = 1_000

/** So many times as long as it took to look, it rests: who is watched has other things to do. */
const REST = 30
/** Longest time between two looks, in milliseconds, however long they take. */
export const EVENT_AT_LEAST_MS = 5_000

export interface WatchParts {
  readonly take: () => Snapshot | Promise<Snapshot>
  /** Resolves after so long, or rejects with the reason of the signal. */
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

/** A snapshot, then what changed since the last one that was taken by whoever reads; ends with the signal. */
export async function* watch(parts: WatchParts, signal: AbortSignal | undefined): AsyncGenerator<InsightEvent> {
  const now = parts.now ?? (() => performance.now())
  let last = await parts.take()
  let tookMs = 0
  yield { type: 'snapshot', snapshot: last }
  while (signal?.aborted !== true) {
    try {
      await parts.wait(Math.min(EVENT_AT_LEAST_MS, Math.max(EVENT_EVERY_MS, REST * tookMs)), signal)
    } catch {
      return
    }
    const started = now()
    const next = await parts.take()
    const change = diffSnapshots(last, next)
    tookMs = now() - started
    last = next
    if (change !== undefined) yield { type: 'change', change }
  }
}
