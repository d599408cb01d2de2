import { diffSnapshots } from '../../api/insight-change.ts'
import type { InsightEvent } from '../../api/insight-service.ts'
import type { Snapshot } from '../../api/insight-snapshot.ts'

/** Shortest time between two events, in milliseconds. */
export const EVENT_EVERY_MS = 1_000

export interface WatchParts {
  readonly take: () => Snapshot | Promise<Snapshot>
  /** Resolves after so long, or rejects with the reason of the signal. */
  readonly wait: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>
}

/** A snapshot, then what changed since the last one that was taken by whoever reads; ends with the signal. */
export async function* watch(parts: WatchParts, signal: AbortSignal | undefined): AsyncGenerator<InsightEvent> {
  let last = await parts.take()
  yield { type: 'snapshot', snapshot: last }
  while (signal?.aborted !== true) {
    try {
      await parts.wait(EVENT_EVERY_MS, signal)
    } catch {
      return
    }
    const next = await parts.take()
    const change = diffSnapshots(last, next)
    last = next
    if (change !== undefined) yield { type: 'change', change }
  }
}
