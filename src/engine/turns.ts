import type { Partner } from './partner.ts'
import type { Pause } from './strategy.ts'

/** The strategy, as the row knows it. */
export interface Asked {
  next(
    row: readonly Partner[],
    isWaiting: (answer: unknown) => answer is Partner,
    now: number
  ): Partner | Pause | undefined
  served(partner: Partner, bytes: number, now: number): void
}

/**
 * The row of those who can be served, in the order of coming or of being served last, and whose turn it is.
 *
 * While there are slots for all who wait, they are served in that order and the strategy is not asked: nobody loses
 * anything. When there are not, the strategy chooses. If it chooses nobody, or fails, order of coming it is (invariant 8).
 * A `strict` row always asks, and nobody is nobody: so that rules which refuse can be studied.
 */
export class Turns {
  readonly #asked: Asked
  readonly #isStrict: boolean
  /** Bounded: partners. In the order of coming, or of being served. */
  readonly #waiting = new Set<Partner>()
  /** Bounded: partners. Those the strategy may choose from; filled anew for each question, so that asking makes no garbage. */
  readonly #row: Partner[] = []
  #pausedUntil: number | undefined

  constructor(asked: Asked, isStrict = false) {
    this.#asked = asked
    this.#isStrict = isStrict
  }

  get size(): number {
    return this.#waiting.size
  }

  /** The strategy let all wait until then (or for as long as nothing happens: Infinity); undefined when it did not. */
  get pausedUntil(): number | undefined {
    return this.#pausedUntil
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
   * Whose turn it is for one of `freeSlots` slots. Where all share a `limited` uplink, slots are not what is scarce, and
   * the strategy is asked as soon as two wait.
   */
  next(freeSlots: number, now: number, limited = false): Partner | undefined {
    this.#pausedUntil = undefined
    if (freeSlots <= 0 || this.#waiting.size === 0) return undefined
    if (!this.#isStrict && this.#waiting.size <= (limited ? 1 : freeSlots)) return firstOf(this.#waiting)
    this.#fillRow()
    const answer = this.#asked.next(this.#row, this.#isWaiting, now)
    if (answer !== undefined && !('untilMs' in answer)) return answer
    if (answer === undefined || !this.#isStrict) return this.#row[0]
    this.#pausedUntil = answer.untilMs
    return undefined
  }

  /** Call when a partner was served, with so much work. */
  served(partner: Partner, work: number, now: number): void {
    partner.waitingSince = now
    partner.servedAt = now
    if (this.#waiting.delete(partner)) this.#waiting.add(partner)
    this.#asked.served(partner, work, now)
  }

  /** The ones who take what they are sent; those who do not, only when there is nobody else. */
  #fillRow(): void {
    const row = this.#row
    row.length = 0
    for (const partner of this.#waiting) if (partner.lentSlots === 0) row.push(partner)
    if (row.length === 0) row.push(...this.#waiting)
  }

  readonly #isWaiting = (answer: unknown): answer is Partner => {
    const waiting: ReadonlySet<unknown> = this.#waiting
    return waiting.has(answer)
  }
}

function firstOf(waiting: ReadonlySet<Partner>): Partner | undefined {
  for (const partner of waiting) return partner
  return undefined
}
