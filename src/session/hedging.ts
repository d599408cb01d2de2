import type { PeerId } from '../ids.ts'
import { hedge, hedgeAfterMs, LATE_FACTOR } from './end-game.ts'
import type { Members } from './members.ts'
import { tellAsked, type OpenWant, type OpenWants } from './open-wants.ts'
import { choosePeer } from './peer-choice.ts'
import type { SessionParts } from './session-ports.ts'
import { TakeOver } from './take-over.ts'

/** Late wants looked at in one round. */
const MAX_LATE_WANTS = 32

/** A want that takes so many times what its peer should need, and longer than a stall, is no longer left to that peer. */
const OVERDUE_FACTOR = 3
/** Part of the longest wait for a block that is still expected after one that came sooner. */
const USUAL_MEMORY = 0.9
/** How soon to look again for somebody to ask for it, in milliseconds. */
const LOOK_AGAIN_MS = 250

/**
 * Blocks that take too long. In the end game of a session a late one is asked of an idle peer as well, within a share of
 * all blocks; beyond that share, when its peer is silent. At any time, one that is overdue is: a peer that gives a little
 * now and then does not hold up the rest.
 */
export class Hedging {
  readonly #parts: SessionParts
  readonly #members: Members
  readonly #open: OpenWants
  readonly #takeOver: TakeOver
  #arrived = 0
  #hedges = 0
  /** The longest that a block took of late, in milliseconds. */
  #usualMs = 0
  /** Where peers are shared with others, what they take is no sign of trouble: so long a wait is. */
  #patienceMs = 0

  constructor(parts: SessionParts, members: Members, open: OpenWants) {
    this.#parts = parts
    this.#members = members
    this.#open = open
    this.#takeOver = new TakeOver(parts, members, open)
  }

  arrived({ askedAt }: OpenWant, now: number): void {
    this.#arrived++
    if (askedAt !== undefined) this.#usualMs = Math.max(now - askedAt, this.#usualMs * USUAL_MEMORY)
  }

  /** Asks other peers for late blocks; returns when to look again. */
  run(now: number, endGame: boolean, isShared: boolean): number {
    this.#patienceMs = isShared ? LATE_FACTOR * this.#usualMs : 0
    let next = Infinity
    if (this.#members.size < 2) return next
    if (endGame && !isShared) this.#takeOver.run(now)
    let looked = 0
    for (const want of this.#open.values()) {
      if (want.phase !== 'asked' || want.shared.inFlight.size === 0) continue
      if (++looked > MAX_LATE_WANTS) break
      const overdueAt = Math.min(this.#overdueAt(want), endGame ? this.#hangsAt(want) : Infinity)
      if (overdueAt <= now) next = Math.min(next, this.#askAnother(want, now) ? Infinity : now + LOOK_AGAIN_MS)
      else next = Math.min(next, overdueAt, endGame ? this.#hedge(want, now) : Infinity)
    }
    return next
  }

  #overdueAt({ shared }: OpenWant): number {
    let at = 0
    shared.inFlight.forEach((ask, peer) => {
      const expectedMs = OVERDUE_FACTOR * (this.#parts.peers.pace(peer)?.expectedInAllMs(ask) ?? 0)
      at = Math.max(at, ask.at + Math.max(expectedMs, this.#parts.options.maxStallMs))
    })
    return at
  }

  /** When all that were asked have been silent for long, though not for so long that it must be a stall. */
  #hangsAt({ shared }: OpenWant): number {
    const { hedgeShare, minStallMs } = this.#parts.options
    if (hedgeShare === 0) return Infinity
    let at = 0
    shared.inFlight.forEach((ask, peer) => {
      at = Math.max(at, ask.at + Math.max(minStallMs, this.#patienceMs), this.#parts.peers.pace(peer)?.hangsAt() ?? 0)
    })
    return at
  }

  /** Of those that are not silent themselves. */
  #askAnother(want: OpenWant, now: number): boolean {
    const { peers } = this.#parts
    const able = this.#members
      .candidates(want.shared.key)
      .filter(({ peer }) => !want.shared.inFlight.has(peer) && (peers.pace(peer)?.hangsAt() ?? 0) > now)
    const choice = choosePeer(able)
    return choice.kind === 'ask' && this.#ask(want, choice.peer)
  }

  #hedge(want: OpenWant, now: number): number {
    if (want.hedged || want.shared.inFlight.size > 1) return Infinity
    const { hedgeShare } = this.#parts.options
    const afterMs = hedgeAfterMs(this.#hedges, hedgeShare, this.#arrived, this.#members.size)
    if (afterMs === Infinity) return Infinity
    const [first] = want.shared.inFlight
    if (first === undefined) return Infinity
    const [peer, ask] = first
    // A peer that delivers what it was asked for earlier is not late: this one's turn comes.
    const quietSince = Math.max(ask.at, this.#parts.peers.pace(peer)?.deliveredAt ?? 0)
    const late = { peer, waitingMs: now - quietSince, patienceMs: Math.max(this.#patienceMs, afterMs) }
    const verdict = hedge(late, this.#members.idle(want.shared.key))
    if (verdict === undefined) return Infinity
    if ('inMs' in verdict) return now + verdict.inMs
    if (this.#ask(want, verdict.peer)) {
      want.hedged = true
      this.#hedges++
    }
    return Infinity
  }

  #ask(want: OpenWant, peer: PeerId): boolean {
    const asked = this.#parts.wants.ask(peer, want.shared, 'block', want.priority)
    if (!asked) return false
    this.#members.changed(peer)
    tellAsked(want, peer)
    return true
  }
}
