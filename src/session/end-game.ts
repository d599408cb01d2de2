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

/** What may be on its way from a slow peer is left to it when others take over, though it may take minutes. */
const BLOCKS_PER_PEER = 2
/** Beyond its share, a session does not pay for less than this with a second copy, in milliseconds. */
const COSTLY_WAIT_MS = 1_000

/**
 * How long a block has to be late, in milliseconds, before it is asked for twice. A session has a share of what arrived for
 * that, and always one; and what slow peers may hold up.
 */
export function hedgeAfterMs(hedges: number, share: number, arrived: number, peers: number): number {
  if (share === 0) return Infinity
  if (hedges < Math.max(1, Math.floor(arrived * share))) return 0
  return hedges < BLOCKS_PER_PEER * peers ? COSTLY_WAIT_MS : Infinity
}
