import type { Partner } from './partner.ts'

/** Nobody with a weight above 0 waits longer than this while others are served (if half the uplink can manage it). */
export const STARVED_MS = 10_000

/** No partner is held to account for more than this, the largest block: what is long ago must not shut it out. */
const MAX_DEFICIT = 2 * 1024 * 1024

export type Weigh = (partner: Partner, now: number) => number

/** Who is served next, and why: `idle` there is a slot for everybody, `share` by weight, `starved` waited too long. */
export interface Turn {
  readonly partner: Partner
  readonly reason: 'idle' | 'share' | 'starved'
}

/**
 * Deficit round robin on bytes, over those who can be served.
 *
 * While there are slots for all who wait, they are served in the order of coming, and nothing is charged: nobody lost
 * anything. When there are not, a partner that is served goes into deficit by the bytes it took, every round pays off as
 * many bytes of it as its weight, and the next turn is for whoever is out of deficit first. Rounds without a turn are
 * skipped in one step. A partner that pauses keeps its deficit, which rounds go on paying off, so that asking for little
 * at a time gains nothing; and it saves no credit, so that silence gains nothing either.
 */
export class Turns {
  /** Bounded: partners. In the order of coming, or of being served. */
  readonly #waiting = new Set<Partner>()
  #round = 0
  #lastWasStarved = false

  get size(): number {
    return this.#waiting.size
  }

  /** Tells whether a partner can be served now. */
  set(partner: Partner, isReady: boolean, now: number): void {
    if (!isReady) {
      this.#waiting.delete(partner)
    } else if (!this.#waiting.has(partner)) {
      this.#waiting.add(partner)
      partner.waitingSince = now
    }
  }

  delete(partner: Partner): void {
    this.#waiting.delete(partner)
  }

  /**
   * The turn for one of `freeSlots` slots. `weigh` is only called when more wait than there are slots, or where all of
   * them share a `limited` uplink: then slots are not what is scarce.
   */
  next(freeSlots: number, now: number, weigh: Weigh, limited = false): Turn | undefined {
    if (freeSlots <= 0) return undefined
    if (this.#waiting.size <= (limited ? 1 : freeSlots)) {
      const [partner] = this.#waiting
      return partner === undefined ? undefined : { partner, reason: 'idle' }
    }
    const candidates = this.#candidates(now, weigh)
    const starved = this.#lastWasStarved ? undefined : longestWaiting(candidates, now)
    if (starved !== undefined) return { partner: starved, reason: 'starved' }
    const partner = this.#leastInDeficit(candidates)
    return partner === undefined ? undefined : { partner, reason: 'share' }
  }

  /** Call when a turn was used, for so much work. */
  served({ partner, reason }: Turn, work: number, now: number): void {
    partner.waitingSince = now
    partner.wasServed = true
    if (this.#waiting.delete(partner)) this.#waiting.add(partner)
    this.#lastWasStarved = reason === 'starved'
    if (reason === 'idle') return
    this.#payOff(partner)
    partner.deficit = Math.max(partner.deficit - work, -MAX_DEFICIT)
  }

  /**
   * Those that may have the turn: the ones who take what they are sent before those who do not, and weight 0 only when
   * there is nothing else.
   */
  #candidates(now: number, weigh: Weigh): readonly Partner[] {
    const candidates = { moving: [] as Partner[], movingUnloved: [] as Partner[], stalled: [] as Partner[] }
    for (const partner of this.#waiting) {
      partner.weight = weigh(partner, now)
      if (partner.lentSlots > 0) candidates.stalled.push(partner)
      else if (partner.weight > 0) candidates.moving.push(partner)
      else candidates.movingUnloved.push(partner)
    }
    if (candidates.moving.length > 0) return candidates.moving
    return candidates.movingUnloved.length > 0 ? candidates.movingUnloved : candidates.stalled
  }

  #leastInDeficit(candidates: readonly Partner[]): Partner | undefined {
    let next: Partner | undefined
    let fewest = Infinity
    for (const partner of candidates) {
      this.#payOff(partner)
      const rounds = -partner.deficit / shareOf(partner)
      // Among equals the one that has had nothing yet: most who come want little, and want it soon.
      const isFirst = rounds < fewest || (rounds === fewest && !partner.wasServed && next?.wasServed === true)
      if (isFirst) {
        fewest = rounds
        next = partner
      }
    }
    if (next !== undefined) this.#round += fewest
    return next
  }

  #payOff(partner: Partner): void {
    if (partner.deficit < 0) {
      partner.deficit = Math.min(0, partner.deficit + (this.#round - partner.round) * shareOf(partner))
    }
    partner.round = this.#round
  }
}

/** Bytes a round pays off. Where only partners of weight 0 wait, they share alike. */
function shareOf({ weight }: Partner): number {
  return weight === undefined || weight <= 0 ? 1 : weight
}

function longestWaiting(candidates: readonly Partner[], now: number): Partner | undefined {
  let longest: Partner | undefined
  for (const partner of candidates) {
    if (now - partner.waitingSince < STARVED_MS) continue
    if (longest === undefined || partner.waitingSince < longest.waitingSince) longest = partner
  }
  return longest
}
