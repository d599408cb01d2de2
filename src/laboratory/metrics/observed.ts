import type { RequestOutcome } from '../requests.ts'
import type { PlannedRequest } from '../workload/plan.ts'
import type { WorldLike } from '../world-like.ts'
import type { DebtBalance } from './debt-balance.ts'
import type { LowerBounds } from './lower-bounds.ts'
import type { TrafficCounters } from './traffic-counters.ts'

/** What there is of a run when it has ended. */
export interface Observed {
  readonly world: WorldLike
  readonly outcomes: readonly RequestOutcome[]
  readonly counters: TrafficCounters
  readonly balance: DebtBalance
  readonly bounds: LowerBounds
  /** What the bounds are of, in their order. */
  readonly requests: readonly PlannedRequest[]
  /** When the world was connected and the first request could begin. */
  readonly startMs: number
  /** When the last request had ended. */
  readonly endMs: number
  readonly detail: 'peers' | 'world'
}
