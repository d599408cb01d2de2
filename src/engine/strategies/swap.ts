import type { PeerId } from '../../ids.ts'
import type { PartnerView, Pause, Scheduler } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import type { Values } from './parameters.ts'
import { given } from './pick.ts'

const PARAMETERS = {
  limit: { about: 'debt at which a partner is refused', unit: 'bytes', fallback: 1_500_000, min: 1 },
  payment: {
    about: 'debt down to which it has to settle before it is served again',
    unit: 'bytes',
    fallback: 1_000_000,
    min: 0
  },
  refresh: { about: 'debt that is forgiven in a second', unit: 'bytes', fallback: 100_000, min: 0 }
} as const

/** One partner's account. */
interface Debtor {
  forgiven: number
  updatedAt: number
  isRefused: boolean
}

export class Swap implements Scheduler {
  readonly #values: Values<typeof PARAMETERS>
  /** Bounded: partners. */
  readonly #debtors = new Map<PeerId, Debtor>()

  constructor(values: Values<typeof PARAMETERS>) {
    this.#values = values
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView | Pause {
    const { limit, payment, refresh } = this.#values
    let untilMs = Infinity
    for (const partner of waiting) {
      const debtor = this.#debtorOf(partner, now)
      const owed = this.#settle(partner, debtor, now)
      if (owed >= limit) debtor.isRefused = true
      else if (owed <= payment) debtor.isRefused = false
      if (!debtor.isRefused) return partner
      untilMs = Math.min(untilMs, now + Math.max(1, Math.ceil(((owed - payment) / refresh) * 1_000)))
    }
    return { untilMs }
  }

  /** Settled at once, asked or not: time that passed without a debt forgives nothing later. */
  served(partner: PartnerView, _bytes: number, now: number): void {
    this.#settle(partner, this.#debtorOf(partner, now), now)
  }

  left(peer: PeerId): void {
    this.#debtors.delete(peer)
  }

  #debtorOf({ peer }: PartnerView, now: number): Debtor {
    const known = this.#debtors.get(peer)
    if (known !== undefined) return known
    const debtor = { forgiven: 0, updatedAt: now, isRefused: false }
    this.#debtors.set(peer, debtor)
    return debtor
  }

  /** What is owed, once time has forgiven its part. Nothing is forgiven in advance. */
  #settle(partner: PartnerView, debtor: Debtor, now: number): number {
    const owed = given(partner) - partner.bytesReceived - debtor.forgiven
    const forgiven = Math.min(Math.max(owed, 0), ((now - debtor.updatedAt) / 1_000) * this.#values.refresh)
    debtor.forgiven += forgiven
    debtor.updatedAt = now
    return owed - forgiven
  }
}

/**
 * Debt is `S − R` less what time forgave, in bytes; credit is the same below zero. Who owes the limit is refused until it
 * has settled, by giving blocks or by waiting, down to the payment threshold; others are served in turn. There is no money.
 */
export const swap = strategyKind({
  name: 'swap',
  about: 'serves while the debt is below a threshold; debts are settled in blocks, or by waiting',
  source: 'SWAP of Swarm (ethersphere): thresholds of the old code in bytes, refresh as in pseudosettle',
  refuses: 'a partner at its limit waits until it has settled',
  starves: 'a partner at its limit waits until it has settled',
  parameters: PARAMETERS,
  create: (values) => new Swap(values)
})
