import type { PeerId } from '../../ids.ts'
import type { PartnerView, Scheduler, StrategyWorld } from '../strategy.ts'
import { WeightScheduler } from './by-weight.ts'
import { strategyKind } from './kind.ts'
import type { Values } from './parameters.ts'
import { quantise } from './quantise.ts'
import { Rounds } from './rounds.ts'

const PARAMETERS = {
  interval: { about: 'length of a round', unit: 'ms', fallback: 10_000, min: 1 },
  reserve: { about: 'part of the uplink for partners that gave nothing', unit: 'parts', fallback: 0.2, min: 0, max: 1 },
  newcomers: { about: 'partners that share the reserve, by lot', unit: 'partners', fallback: 4, min: 1, whole: true }
} as const

export class PropShare implements Scheduler {
  readonly #values: Values<typeof PARAMETERS>
  readonly #random: StrategyWorld['random']
  readonly #rounds: Rounds
  readonly #turns: WeightScheduler
  /** Bounded: partners. Their part of the uplink in this round. */
  readonly #shares = new Map<PeerId, number>()

  constructor(values: Values<typeof PARAMETERS>, random: StrategyWorld['random']) {
    this.#values = values
    this.#random = random
    this.#rounds = new Rounds(values.interval)
    this.#turns = new WeightScheduler({ name: 'prop-share', weigh: ({ peer }) => this.#shares.get(peer) ?? 0 })
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView {
    if (this.#rounds.look(waiting, now)) this.#divide()
    return this.#turns.next(waiting, now)
  }

  served(partner: PartnerView, bytes: number): void {
    this.#rounds.served(partner, bytes)
    this.#turns.served(partner, bytes)
  }

  received(peer: PeerId, bytes: number): void {
    this.#rounds.received(peer, bytes)
  }

  left(peer: PeerId): void {
    this.#rounds.left(peer)
    this.#turns.left(peer)
    this.#shares.delete(peer)
  }

  #divide(): void {
    const { reserve, newcomers } = this.#values
    this.#shares.clear()
    const interested = this.#rounds.interested
    const sum = interested.reduce((all, { gave }) => all + gave.last, 0)
    for (const { peer, gave } of interested) {
      if (gave.last > 0) this.#shares.set(peer, quantise(((1 - reserve) * gave.last) / sum))
    }
    const poor = interested.filter(({ gave }) => gave.last === 0).map(({ peer }) => peer)
    const count = Math.min(newcomers, poor.length)
    for (let place = 0; place < count; place++) {
      const [drawn] = poor.splice(Math.floor(this.#random.next() * poor.length), 1)
      if (drawn !== undefined) this.#shares.set(drawn, quantise(reserve / count))
    }
  }
}

/**
 * Credit is what a partner gave in the last round, in bytes; there is no debt, and nothing older counts. Four fifths of the
 * uplink are divided in proportion to it, the rest goes to some who gave nothing. A share is only held against others who
 * have one: what nobody with a share wants goes to whoever waits.
 */
export const propShare = strategyKind({
  name: 'prop-share',
  about: 'upload in proportion to what each gave in the last round, a fifth of it to newcomers',
  source: 'Levin, LaCurts, Spring and Bhattacharjee, BitTorrent is an auction, SIGCOMM 2008',
  starves: 'partners that give nothing are served by lot, and with what others leave',
  parameters: PARAMETERS,
  create: (values, { random }) => new PropShare(values, random)
})
