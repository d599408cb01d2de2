import type { PeerId } from '../ids.ts'

/** What is known of one peer and one want at the moment of choosing. */
export interface Candidate {
  readonly peer: PeerId
  readonly presence: 'have' | 'unknown' | 'dont-have'
  /** Part of what this peer was asked for that it had, 0 to 1; a guess for a new peer. */
  readonly hitRate: number
  /** How likely it keeps its word, 0 to 1; 0.5 for a stranger. */
  readonly trust: number
  /** Milliseconds until one more block from this peer would be here. */
  readonly expectedFinishMs: number
  readonly hasSlack: boolean
  /** Silent for too long while it owed us. */
  readonly stalled: boolean
}

/** Whom to ask for a block, and why; or why nobody is asked now. */
export type Choice =
  | { readonly kind: 'ask'; readonly peer: PeerId; readonly reason: 'said-have' | 'likely' }
  /** Whoever may have it is busy; ask when one of them has room. */
  | { readonly kind: 'wait' }
  /** Nobody known may have it. */
  | { readonly kind: 'nobody' }

/**
 * The peer with the shortest expected finish, given how likely it has the block at all: a fast peer that may not have
 * it competes with a slow one that said it does. A stalled peer is not asked.
 */
export function choosePeer(candidates: readonly Candidate[]): Choice {
  let best: Candidate | undefined
  let bestCost = Infinity
  let busy = false
  for (const candidate of candidates) {
    if (candidate.presence === 'dont-have' || candidate.stalled) continue
    if (!candidate.hasSlack) {
      busy = true
    } else {
      const cost = expectedCost(candidate)
      const isTie = cost === bestCost && best !== undefined && candidate.trust > best.trust
      if (cost < bestCost || isTie) {
        best = candidate
        bestCost = cost
      }
    }
  }
  if (best !== undefined) {
    return { kind: 'ask', peer: best.peer, reason: best.presence === 'have' ? 'said-have' : 'likely' }
  }
  return { kind: busy ? 'wait' : 'nobody' }
}

/**
 * Asking in vain costs the wait for the answer, and then the block has to come from elsewhere. What a peer says counts as
 * much as its word is worth; one that is trusted more than a stranger gains nothing by that, for then speed decides.
 */
function expectedCost({ presence, hitRate, trust, expectedFinishMs }: Candidate): number {
  const likelihood = presence === 'have' ? 0.99 : Math.min(Math.max(hitRate, 0.05), 0.98)
  return expectedFinishMs / (likelihood * Math.min(Math.max(2 * trust, 0.1), 1))
}

/** A peer this likely to have a block needs no second one asked in case it does not. */
const SURE_ENOUGH = 0.9

/**
 * Peers to be asked whether they have a block, while `chosen` is asked for the block itself: none when the chosen one is
 * sure enough. The likeliest first, at most `max`; and no more than should find the block `hoped` times, were all of them as
 * likely to have it as the chosen one.
 */
export function chooseScouts(
  candidates: readonly Candidate[],
  chosen: PeerId,
  max: number,
  hoped = Infinity
): readonly PeerId[] {
  const first = candidates.find(({ peer }) => peer === chosen)
  if (first === undefined || first.presence === 'have' || first.hitRate >= SURE_ENOUGH) return []
  return candidates
    .filter(({ peer, presence, stalled }) => peer !== chosen && presence === 'unknown' && !stalled)
    .sort((a, b) => b.hitRate - a.hitRate)
    .slice(0, Math.min(max, Math.ceil(hoped / first.hitRate)))
    .map(({ peer }) => peer)
}
