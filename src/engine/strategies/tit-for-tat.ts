import type { PeerId } from '../../ids.ts'
import type { PartnerView, Pause, Scheduler, StrategyWorld } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import type { Values } from './parameters.ts'
import { leastBy } from './pick.ts'
import { Rounds, type Member } from './rounds.ts'

const PARAMETERS = {
  slots: { about: 'partners that are unchoked for what they give', unit: 'partners', fallback: 4, min: 1, whole: true },
  interval: { about: 'time between two choices', unit: 'ms', fallback: 10_000, min: 1 },
  rotate: {
    about: 'choices between two turns of the optimistic unchoke',
    unit: 'choices',
    fallback: 3,
    min: 1,
    whole: true
  },
  snubbed: { about: 'who is unchoked and gives nothing for so long is choked', unit: 'ms', fallback: 60_000, min: 1 }
} as const

/** Chances of a newcomer to be the optimistic unchoke, against one of others. */
const NEWCOMER_CHANCES = 3

export class TitForTat implements Scheduler {
  readonly #values: Values<typeof PARAMETERS>
  readonly #random: StrategyWorld['random']
  readonly #rounds: Rounds
  /** Bounded: partners. Those unchoked, and since when. */
  #unchoked = new Map<PeerId, number>()
  /** Bounded: partners. When each last gave something. */
  readonly #gaveAt = new Map<PeerId, number>()
  #optimistic: PeerId | undefined
  #choices = 0

  constructor(values: Values<typeof PARAMETERS>, random: StrategyWorld['random']) {
    this.#values = values
    this.#random = random
    this.#rounds = new Rounds(values.interval)
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView | Pause {
    if (this.#rounds.look(waiting, now)) this.#choose(now)
    const allowed = waiting.filter(({ peer }) => this.#unchoked.has(peer) || peer === this.#optimistic)
    if (allowed.length === 0) return { untilMs: this.#rounds.endsAt }
    return leastBy(allowed, ({ peer }) => this.#rounds.get(peer)?.got.current ?? 0)
  }

  served(partner: PartnerView, bytes: number): void {
    this.#rounds.served(partner, bytes)
  }

  received(peer: PeerId, bytes: number, now: number): void {
    this.#rounds.received(peer, bytes)
    this.#gaveAt.set(peer, now)
  }

  left(peer: PeerId): void {
    this.#rounds.left(peer)
    this.#gaveAt.delete(peer)
    this.#unchoked.delete(peer)
    if (this.#optimistic === peer) this.#optimistic = undefined
  }

  #choose(now: number): void {
    const interested = this.#rounds.interested
    // Of two rounds, as the rate over 20 s. Where nobody gives anything, we are a seed.
    const gave = ({ gave }: Member): number => gave.last + gave.before
    const isSeed = interested.every((member) => gave(member) === 0)
    const rate = isSeed ? ({ got }: Member): number => got.last + got.before : gave
    const eligible = interested.filter((member) => isSeed || !this.#isSnubbed(member, now))
    const best = eligible.toSorted((a, b) => rate(b) - rate(a)).slice(0, this.#values.slots)
    this.#unchoked = new Map(best.map(({ peer }) => [peer, this.#unchoked.get(peer) ?? now]))
    const isLost = interested.every(({ peer }) => peer !== this.#optimistic || this.#unchoked.has(peer))
    if (isLost || this.#choices % this.#values.rotate === 0) this.#rotate(interested)
    this.#choices++
  }

  #rotate(interested: readonly Member[]): void {
    const since = this.#rounds.number - this.#values.rotate
    const lots = interested
      .filter(({ peer }) => !this.#unchoked.has(peer))
      .flatMap((member) => Array<Member>(member.since >= since ? NEWCOMER_CHANCES : 1).fill(member))
    this.#optimistic = lots.length === 0 ? undefined : lots[Math.floor(this.#random.next() * lots.length)]?.peer
  }

  #isSnubbed({ peer }: Member, now: number): boolean {
    const unchokedAt = this.#unchoked.get(peer)
    if (unchokedAt === undefined) return false
    return now - Math.max(unchokedAt, this.#gaveAt.get(peer) ?? -Infinity) >= this.#values.snubbed
  }
}

/**
 * Credit is the rate at which bytes came from a partner in the last two rounds; there is no debt, and nothing older counts.
 * Every ten seconds the four who gave most are unchoked (a seed: the four who took most), and one by lot. Those unchoked
 * share alike, the others wait.
 */
export const titForTat = strategyKind({
  name: 'tit-for-tat',
  about: 'the four who give most, and one by lot; all others wait',
  source: 'Cohen 2003; BEP 3; Legout, Urvoy-Keller and Michiardi, IMC 2006',
  refuses: 'partners that are choked wait for the next choice',
  starves: 'partners that give little are served by lot alone',
  parameters: PARAMETERS,
  create: (values, { random }) => new TitForTat(values, random)
})
