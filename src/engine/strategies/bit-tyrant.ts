import type { PeerId } from '../../ids.ts'
import type { PartnerView, Pause, Scheduler } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import type { Values } from './parameters.ts'
import { leastBy } from './pick.ts'
import { quantise } from './quantise.ts'
import { Rounds, type Member } from './rounds.ts'

const PARAMETERS = {
  capacity: { about: 'our uplink', unit: 'bytes/s', fallback: 1_250_000, min: 1 },
  start: { about: 'what a partner is taken to need, and to give, at first', unit: 'bytes/s', fallback: 65_536, min: 1 },
  interval: { about: 'length of a round', unit: 'ms', fallback: 10_000, min: 1 },
  raise: { about: 'added to the need of one that does not reciprocate', unit: 'parts', fallback: 0.2, min: 0 },
  lower: {
    about: 'taken off the need of one that does, time and again',
    unit: 'parts',
    fallback: 0.1,
    min: 0,
    max: 0.9
  },
  streak: { about: 'rounds that are time and again', unit: 'rounds', fallback: 3, min: 1, whole: true }
} as const

/** What is thought of one partner: what it needs to reciprocate, what it gives, and for how many rounds it has. */
interface Estimate {
  need: number
  gives: number
  streak: number
}

export class BitTyrant implements Scheduler {
  readonly #values: Values<typeof PARAMETERS>
  readonly #rounds: Rounds
  /** Bounded: partners. */
  readonly #estimates = new Map<PeerId, Estimate>()
  /** Bounded: partners. */
  readonly #unchoked = new Set<PeerId>()

  constructor(values: Values<typeof PARAMETERS>) {
    this.#values = values
    this.#rounds = new Rounds(values.interval)
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView | Pause {
    if (this.#rounds.look(waiting, now)) this.#choose()
    const allowed = waiting.filter(({ peer }) => this.#unchoked.has(peer))
    if (allowed.length === 0) return { untilMs: this.#rounds.endsAt }
    return leastBy(allowed, ({ peer }) => (this.#rounds.get(peer)?.got.current ?? 0) / this.#estimateOf(peer).need)
  }

  served(partner: PartnerView, bytes: number): void {
    this.#rounds.served(partner, bytes)
  }

  received(peer: PeerId, bytes: number): void {
    this.#rounds.received(peer, bytes)
  }

  left(peer: PeerId): void {
    this.#rounds.left(peer)
    this.#estimates.delete(peer)
    this.#unchoked.delete(peer)
  }

  #choose(): void {
    const interested = this.#rounds.interested
    for (const member of interested) this.#learn(member)
    const worth = ({ peer }: Member): number => {
      const { gives, need } = this.#estimateOf(peer)
      return quantise(gives / need)
    }
    this.#unchoked.clear()
    let needed = 0
    for (const { peer } of interested.toSorted((a, b) => worth(b) - worth(a))) {
      needed += this.#estimateOf(peer).need
      // The first one always: its need may have grown beyond all bounds.
      if (needed > this.#values.capacity && this.#unchoked.size > 0) break
      this.#unchoked.add(peer)
    }
  }

  #learn({ peer, gave }: Member): void {
    const { interval, raise, lower, streak } = this.#values
    const estimate = this.#estimateOf(peer)
    if (gave.last > 0) {
      estimate.gives = (gave.last * 1_000) / interval
      estimate.streak++
      if (estimate.streak >= streak) estimate.need *= 1 - lower
    } else {
      estimate.streak = 0
      if (this.#unchoked.has(peer)) estimate.need *= 1 + raise
    }
  }

  #estimateOf(peer: PeerId): Estimate {
    let estimate = this.#estimates.get(peer)
    if (estimate === undefined) {
      estimate = { need: this.#values.start, gives: this.#values.start, streak: 0 }
      this.#estimates.set(peer, estimate)
    }
    return estimate
  }
}

/**
 * Credit is the rate a partner gives at, debt the rate it has to be given so that it does; both in bytes a second, both
 * estimates. Every ten seconds those who give most for what they need are unchoked, as far as the uplink goes, and share
 * in proportion to their need; the others wait.
 */
export const bitTyrant = strategyKind({
  name: 'bit-tyrant',
  about: 'who gives most for least, as far as the uplink goes; all others wait',
  source: 'Piatek, Isdal, Anderson, Krishnamurthy and Venkataramani, NSDI 2007',
  refuses: 'partners that are choked wait for the next round',
  starves: 'partners that give little for what they need are not unchoked',
  parameters: PARAMETERS,
  create: (values) => new BitTyrant(values)
})
