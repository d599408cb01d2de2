import type { PeerId } from '../ids.ts'
import type { Logger, Random } from '../ports.ts'
import type { Partner } from './partner.ts'
import type { Pause, Scheduler, Strategy } from './strategy.ts'

export interface AskedStrategyParts {
  readonly strategy: Strategy
  /** For strategies that draw; one that does so without it fails. */
  readonly random?: Random | undefined
  /** Part of the upload slots that are in use once this turn is taken. */
  readonly load?: () => number
  readonly logger: Logger
}

const NO_DICE: Random = {
  next: () => {
    throw new Error('this strategy draws lots, and the exchange was made without `random`')
  }
}

/** Asks a strategy and tells it what happens, and outlives its mistakes: the first is logged. */
export class AskedStrategy {
  readonly #name: string
  readonly #scheduler: Scheduler
  readonly #logger: Logger
  #complained = false

  constructor({ strategy, random, load, logger }: AskedStrategyParts) {
    this.#name = strategy.name
    this.#logger = logger
    this.#scheduler = strategy.create({ random: random ?? NO_DICE, ...(load !== undefined && { load }) })
  }

  /** One of the row, or a pause; undefined when the strategy has no usable answer. */
  next(
    row: readonly Partner[],
    isWaiting: (answer: unknown) => answer is Partner,
    now: number
  ): Partner | Pause | undefined {
    try {
      const answer = this.#scheduler.next(row, now)
      if (isWaiting(answer) || isPause(answer)) return answer
      this.#complain({ answer })
    } catch (error) {
      this.#complain({ error })
    }
    return undefined
  }

  served(partner: Partner, bytes: number, now: number): void {
    if (this.#scheduler.served === undefined) return
    try {
      this.#scheduler.served(partner, bytes, now)
    } catch (error) {
      this.#complain({ error })
    }
  }

  received(peer: PeerId, bytes: number, now: number): void {
    if (this.#scheduler.received === undefined) return
    try {
      this.#scheduler.received(peer, bytes, now)
    } catch (error) {
      this.#complain({ error })
    }
  }

  left(peer: PeerId): void {
    if (this.#scheduler.left === undefined) return
    try {
      this.#scheduler.left(peer)
    } catch (error) {
      this.#complain({ error })
    }
  }

  #complain(fields: Record<string, unknown>): void {
    if (this.#complained) return
    this.#complained = true
    this.#logger.error('the strategy failed: where it does, partners are served in the order of coming', {
      strategy: this.#name,
      ...fields
    })
  }
}

function isPause(answer: unknown): answer is Pause {
  if (typeof answer !== 'object' || answer === null || !('untilMs' in answer)) return false
  return typeof answer.untilMs === 'number' && !Number.isNaN(answer.untilMs)
}
