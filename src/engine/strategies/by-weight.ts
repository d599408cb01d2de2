import type { PeerId } from '../../ids.ts'
import type { PartnerView, Scheduler, Strategy } from '../strategy.ts'

/** Nobody with a weight above 0 waits longer than this while others are served (if half the uplink can manage it). */
export const STARVED_MS = 10_000

/** No partner is held to account for more than this, the largest block: what is long ago must not shut it out. */
const MAX_DEFICIT = 2 * 1024 * 1024

/** A weight is good for so long: with a thousand waiting, asking for all at every turn would cost more than serving. */
const WEIGHT_TTL_MS = 100

export interface WeightRule {
  readonly name: string
  readonly about: string
  readonly source: string
  /** A finite number, 0 or more; 0: nothing while anyone else waits. Must be quick, keeps no state. */
  weigh(partner: PartnerView, now: number): number
}

export interface WeightStrategy extends Strategy {
  weigh(partner: PartnerView, now: number): number
}

/** A strategy of weights: those who wait get bytes in proportion to their weight, and nobody is left out for long. */
export function byWeight(rule: WeightRule): WeightStrategy {
  return { ...rule, create: () => new WeightScheduler(rule) }
}

/** Where one partner stands. */
interface Standing {
  readonly peer: PeerId
  /** Work, over its share, that others must be served first; 0 or less. */
  deficit: number
  /** The round at which `deficit` was last brought up to date. */
  round: number
  /** What the rule said, and when. */
  weight: number
  weighedAt: number
}

/**
 * Deficit round robin on bytes (Shreedhar and Varghese 1995), with fractional rounds that are skipped in one step.
 *
 * A partner that is served goes into deficit by the bytes it took, every round pays off as many bytes of it as its weight,
 * and the next turn is for whoever is out of deficit first. A partner that pauses keeps its deficit, which rounds go on
 * paying off, so that asking for little at a time gains nothing; and it saves no credit, so that silence gains nothing
 * either. Turns that others decided, while nothing was scarce, are charged to nobody.
 */
export class WeightScheduler implements Scheduler {
  readonly #rule: Pick<WeightRule, 'name' | 'weigh'>
  /** Bounded: partners. */
  readonly #standings = new Map<PeerId, Standing>()
  /** Bounded: those who wait. Their standings, in their order; filled anew at each turn. */
  readonly #row: Standing[] = []
  #round = 0
  #chosen: PartnerView | undefined
  #choseStarved = false
  #lastWasStarved = false

  constructor(rule: Pick<WeightRule, 'name' | 'weigh'>) {
    this.#rule = rule
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView {
    this.#chosen = undefined
    let isLoved = false
    this.#row.length = 0
    for (const partner of waiting) {
      const standing = this.#weighed(partner, now)
      if (standing.weight > 0) isLoved = true
      this.#row.push(standing)
    }
    const starved = this.#lastWasStarved ? undefined : this.#longestWaiting(waiting, isLoved, now)
    const chosen = starved ?? this.#leastInDeficit(waiting, isLoved)
    if (chosen === undefined) throw new Error('nobody waits')
    this.#choseStarved = starved !== undefined
    this.#chosen = chosen
    return chosen
  }

  served(partner: PartnerView, bytes: number): void {
    const isChosen = partner === this.#chosen
    this.#lastWasStarved = isChosen && this.#choseStarved
    this.#chosen = undefined
    const standing = isChosen ? this.#standings.get(partner.peer) : undefined
    if (standing === undefined) return
    this.#payOff(standing)
    standing.deficit = Math.max(standing.deficit - bytes, -MAX_DEFICIT)
  }

  left(peer: PeerId): void {
    this.#standings.delete(peer)
  }

  #weighed(partner: PartnerView, now: number): Standing {
    const { peer } = partner
    let standing = this.#standings.get(peer)
    if (standing === undefined) {
      standing = { peer, deficit: 0, round: this.#round, weight: 0, weighedAt: -Infinity }
      this.#standings.set(peer, standing)
    }
    if (now - standing.weighedAt < WEIGHT_TTL_MS) return standing
    const weight = this.#rule.weigh(partner, now)
    if (!(Number.isFinite(weight) && weight >= 0)) {
      throw new RangeError(`strategy ${this.#rule.name} weighed ${peer} ${weight}: expected a finite number, 0 or more`)
    }
    standing.weight = weight
    standing.weighedAt = now
    return standing
  }

  #longestWaiting(waiting: readonly PartnerView[], isLoved: boolean, now: number): PartnerView | undefined {
    let longest: PartnerView | undefined
    for (let place = 0; place < waiting.length; place++) {
      const partner = waiting[place]
      if (partner === undefined || now - partner.waitingSince < STARVED_MS) continue
      if (isLoved && this.#row[place]?.weight === 0) continue
      if (longest === undefined || partner.waitingSince < longest.waitingSince) longest = partner
    }
    return longest
  }

  #leastInDeficit(waiting: readonly PartnerView[], isLoved: boolean): PartnerView | undefined {
    let next: PartnerView | undefined
    let fewest = Infinity
    for (let place = 0; place < waiting.length; place++) {
      const [partner, standing] = [waiting[place], this.#row[place]]
      if (partner === undefined || standing === undefined || (isLoved && standing.weight === 0)) continue
      this.#payOff(standing)
      const rounds = -standing.deficit / shareOf(standing)
      // Among equals the one that has had nothing yet: most who come want little, and want it soon.
      const isNewer = rounds === fewest && isNew(partner) && next !== undefined && !isNew(next)
      if (rounds < fewest || isNewer) {
        fewest = rounds
        next = partner
      }
    }
    if (next !== undefined) this.#round += fewest
    return next
  }

  #payOff(standing: Standing): void {
    if (standing.deficit < 0) {
      standing.deficit = Math.min(0, standing.deficit + (this.#round - standing.round) * shareOf(standing))
    }
    standing.round = this.#round
  }
}

/** Bytes a round pays off. Where only partners of weight 0 wait, they share alike. */
function shareOf({ weight }: Standing): number {
  return weight <= 0 ? 1 : weight
}

function isNew({ servedAt }: PartnerView): boolean {
  return servedAt === -Infinity
}
