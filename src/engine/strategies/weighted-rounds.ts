import type { PeerId } from '../../ids.ts'
import type { PartnerView, Pause, Scheduler } from '../strategy.ts'
import { hasLessWork } from './go-default.ts'
import { strategyKind, type StrategyKind } from './kind.ts'
import type { Parameters, Values } from './parameters.ts'
import { debtOf, firstBy, given } from './pick.ts'
import { quantise } from './quantise.ts'

/** Smaller than most blocks, as in the code of 2019; the thesis says ten blocks or more (2,600,000 and up). */
const ROUND_BYTES = 10_000

const ROUND = {
  about: 'bytes divided in one round',
  unit: 'bytes',
  fallback: ROUND_BYTES,
  min: 1,
  whole: true
} as const

type Weight = (partner: PartnerView) => number

export class WeightedRounds implements Scheduler {
  readonly #roundBytes: number
  readonly #weigh: Weight
  /** Bounded: partners. What is left to each of its part of the round; negative after an overdraft of one message. */
  readonly #left = new Map<PeerId, number>()

  constructor(roundBytes: number, weigh: Weight) {
    this.#roundBytes = roundBytes
    this.#weigh = weigh
  }

  next(waiting: readonly PartnerView[]): PartnerView | Pause {
    const head = this.#head(waiting)
    if (this.#leftTo(head) > 0) return head
    return this.#beginRound(waiting) ? this.#head(waiting) : { untilMs: Infinity }
  }

  served(partner: PartnerView, bytes: number): void {
    this.#left.set(partner.peer, this.#leftTo(partner) - bytes)
  }

  left(peer: PeerId): void {
    this.#left.delete(peer)
  }

  #head(waiting: readonly PartnerView[]): PartnerView {
    return firstBy(waiting, (a, b) => {
      const hasSome = this.#leftTo(a) > 0
      return hasSome === this.#leftTo(b) > 0 ? hasLessWork(a, b) : hasSome
    })
  }

  /** False when nobody who waits has any weight. */
  #beginRound(waiting: readonly PartnerView[]): boolean {
    let sum = 0
    for (const partner of waiting) sum += quantise(this.#weigh(partner))
    if (sum === 0) return false
    this.#left.clear()
    for (const partner of waiting) {
      this.#left.set(partner.peer, Math.floor((this.#roundBytes * quantise(this.#weigh(partner))) / sum))
    }
    return true
  }

  #leftTo({ peer }: PartnerView): number {
    return this.#left.get(peer) ?? 0
  }
}

/** Credit as the simulator of the same author has it, `(R + 1) / (S + 1)`, in bytes. */
function creditOf(partner: PartnerView): number {
  return (partner.bytesReceived + 1) / (given(partner) + 1)
}

function rounds<P extends Parameters>(
  name: string,
  rule: string,
  parameters: P,
  weighWith: (values: Values<P>) => Weight
): StrategyKind<P & { readonly round: typeof ROUND }> {
  const mayBeNothing = 'partners whose weight is nothing get nothing, even when nobody else waits'
  return strategyKind({
    name: `weighted-rounds-${name}`,
    about: `rounds of bytes, divided by weight: ${rule}`,
    source: 'Grisham: thesis, strategy-sim, and the branch peer-weights of go-bitswap and go-peertaskqueue, 2018-20',
    ...(name !== 'constant' && name !== 'sigmoid-c' && { refuses: mayBeNothing, starves: mayBeNothing }),
    parameters: { ...parameters, round: ROUND },
    create: (values) => new WeightedRounds(Number(values.round), weighWith(values))
  })
}

const SLOPE = { about: 'how steep the sigmoid is', unit: 'slope', fallback: 10, min: 0 } as const
const ALPHA = { about: 'the most debt that is served', unit: 'debt', fallback: 0.5, min: 0 } as const

/**
 * Debt is `d = S / (R + 1)`, credit `c = (R + 1) / (S + 1)`, of lifetime bytes. Weights are taken when a round begins, of
 * those who wait, to nine decimal places: the code had whole numbers for weights, and little was nothing there, too.
 */
export const weightedRounds: readonly StrategyKind[] = [
  rounds('constant', '1', {}, () => () => 1),
  rounds('identity', '1 / (d + 1), d the debt', {}, () => (partner) => 1 / (debtOf(partner) + 1)),
  rounds('sigmoid', '1 / (1 + exp(slope · (d − 1))), d the debt', { slope: SLOPE }, ({ slope }) => {
    return (partner) => 1 / (1 + Math.exp(slope * (debtOf(partner) - 1)))
  }),
  rounds('sigmoid-c', '1 / (1 + exp(1 − c)), c the credit', {}, () => {
    return (partner) => 1 / (1 + Math.exp(1 - creditOf(partner)))
  }),
  rounds('tanh', 'tanh(c), c the credit', {}, () => (partner) => Math.tanh(creditOf(partner))),
  rounds('pay-debts', '1 up to a debt of alpha, 0 beyond', { alpha: ALPHA }, ({ alpha }) => {
    return (partner) => (debtOf(partner) <= alpha ? 1 : 0)
  })
]
