import type { PeerId } from '../ids.ts'

/** A block under way near the end of a transfer. */
export interface LateWant {
  readonly peer: PeerId
  /** How long ago the peer was asked, or last delivered something else, in milliseconds. */
  readonly waitingMs: number
  /** A wait that is not called late, however fast others are, in milliseconds. */
  readonly patienceMs?: number
}

/** A peer that owes nothing, and how soon it would deliver a block, in milliseconds. */
export interface Runner {
  readonly peer: PeerId
  readonly expectedFinishMs: number
}

/** A late block is asked for again once it took this many times what an idle peer would need. */
export const LATE_FACTOR = 3
/** Less than this is not late but noise, in milliseconds. */
const MIN_LATE_MS = 50

/**
 * The idle peer that should be asked for a late block too, or how long until that question makes sense. Undefined when
 * no idle peer could help.
 */
export function hedge(
  want: LateWant,
  runners: readonly Runner[]
): { readonly peer: PeerId } | { readonly inMs: number } | undefined {
  let best: Runner | undefined
  for (const runner of runners) {
    if (runner.peer === want.peer) continue
    if (best === undefined || runner.expectedFinishMs < best.expectedFinishMs) best = runner
  }
  if (best === undefined) return undefined
  const lateMs = Math.max(best.expectedFinishMs * LATE_FACTOR, MIN_LATE_MS, want.patienceMs ?? 0)
  return want.waitingMs >= lateMs ? { peer: best.peer } : { inMs: lateMs - want.waitingMs }
}

/** How many blocks of a session may be asked for twice: a share of what arrived, and always one. */
export function hedgeBudget(arrived: number, share: number): number {
  return share === 0 ? 0 : Math.max(1, Math.floor(arrived * share))
}
