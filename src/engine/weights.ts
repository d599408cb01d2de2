import type { PeerId } from '../ids.ts'
import type { Logger } from '../ports.ts'
import type { Partner } from './partner.ts'
import type { PartnerView, Strategy } from './strategy.ts'

/** What a strategy may know of an account. */
export interface Account {
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly recentSent: number
  readonly recentReceived: number
  readonly debtRatio: number
}

/** Where accounts are found; undefined for a partner with whom nothing was exchanged. */
export interface Accounts {
  get(peer: PeerId): Account | undefined
}

/** The weight of a partner that the strategy has no usable answer for: that of fair share. */
const FAIR_WEIGHT = 1

/** A weight is good for so long: with a thousand waiting, asking for all at every turn would cost more than serving. */
const WEIGHT_TTL_MS = 100

const NO_ACCOUNT: Account = { bytesSent: 0, bytesReceived: 0, recentSent: 0, recentReceived: 0, debtRatio: 0 }

/** Asks the strategy, remembers its answers for a moment, and outlives its mistakes. */
export class Weights {
  readonly #strategy: Strategy
  readonly #accounts: Accounts
  readonly #logger: Logger
  #complained = false

  constructor(strategy: Strategy, accounts: Accounts, logger: Logger) {
    this.#strategy = strategy
    this.#accounts = accounts
    this.#logger = logger
  }

  /** A finite number, 0 or more. */
  of(partner: Partner, now: number): number {
    if (partner.weight !== undefined && now - partner.weighedAt < WEIGHT_TTL_MS) return partner.weight
    partner.weighedAt = now
    return this.#ask(this.#view(partner, now), now)
  }

  #ask(view: PartnerView, now: number): number {
    try {
      const weight = this.#strategy.weigh(view, now)
      if (Number.isFinite(weight) && weight >= 0) return weight
      this.#complain(view, { weight })
    } catch (error) {
      this.#complain(view, { error })
    }
    return FAIR_WEIGHT
  }

  #view(partner: Partner, now: number): PartnerView {
    const account = this.#accounts.get(partner.peer) ?? NO_ACCOUNT
    return {
      peer: partner.peer,
      debtRatio: account.debtRatio,
      bytesSent: account.bytesSent,
      bytesReceived: account.bytesReceived,
      recentSent: account.recentSent,
      recentReceived: account.recentReceived,
      queuedBytes: partner.queue.bytes,
      queuedTasks: partner.queue.size,
      inFlightBytes: partner.inFlightWork,
      waitingMs: now - partner.waitingSince
    }
  }

  #complain(view: PartnerView, fields: Record<string, unknown>): void {
    if (this.#complained) return
    this.#complained = true
    this.#logger.error('strategy gave no usable weight, fair share is used where it does not', {
      strategy: this.#strategy.name,
      peer: view.peer,
      ...fields
    })
  }
}
