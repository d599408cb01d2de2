import type { Clock, Timer } from '../ports.ts'
import type { Batch } from './batch.ts'
import type { Partner } from './partner.ts'
import type { Slots } from './slots.ts'
import type { Throttle } from './throttle.ts'
import type { Turns } from './turns.ts'
import type { Uploads } from './uploads.ts'

export interface ServingParts {
  readonly turns: Turns
  readonly slots: Slots<Batch>
  readonly uploads: Pick<Uploads, 'serve' | 'lendSlots'>
  readonly throttle: Pick<Throttle, 'isOpen' | 'isOpenFor' | 'isShared'>
  readonly clock: Clock
  readonly maxInFlightWork: number
  /** Slots are to be given anew. */
  readonly again: () => void
}

/** Gives free slots to those whose turn it is, and comes back when the strategy, or a slow slot, says so. */
export class Serving {
  readonly #parts: ServingParts
  #lendTimer: Timer | undefined
  #pauseTimer: Timer | undefined
  #pausedUntil = Infinity

  constructor(parts: ServingParts) {
    this.#parts = parts
  }

  /** Something about this partner has changed: is it one of those who wait? */
  look(partner: Partner, now: number): void {
    const { turns, throttle, maxInFlightWork } = this.#parts
    turns.set(partner, partner.isReady(maxInFlightWork) && throttle.isOpenFor(partner, now), now)
  }

  /** Serves until there is nobody to serve, or no slot to do so. */
  serve(now: number): void {
    const { turns, slots, throttle, uploads } = this.#parts
    for (;;) {
      if (turns.size > 0 && !throttle.isOpen(now)) {
        // The throttle wakes us by itself; when the strategy paused before does not count.
        this.#resumeAt(Infinity, now)
        return
      }
      const partner = turns.next(slots.free, now, throttle.isShared)
      if (partner === undefined) break
      const work = uploads.serve(partner)
      turns.served(partner, work, now)
      this.look(partner, now)
    }
    this.#resumeAt(turns.pausedUntil ?? Infinity, now)
  }

  /** While partners wait for a slot, looks whether one that is sat on can be lent. */
  watchSlots(now: number): void {
    const { turns, slots, uploads, clock, again } = this.#parts
    if (turns.size === 0 || slots.free > 0 || this.#lendTimer !== undefined) return
    const at = slots.nextLendAt()
    if (at === undefined) return
    this.#lendTimer = clock.setTimer(Math.max(1, at - now), () => {
      this.#lendTimer = undefined
      if (turns.size > 0 && slots.free <= 0) uploads.lendSlots(clock.now())
      again()
    })
  }

  stop(): void {
    this.#lendTimer?.cancel()
    this.#lendTimer = undefined
    this.#resumeAt(Infinity, 0)
  }

  #resumeAt(at: number, now: number): void {
    if (at === this.#pausedUntil) return
    this.#pauseTimer?.cancel()
    this.#pauseTimer = undefined
    this.#pausedUntil = at
    if (at === Infinity) return
    this.#pauseTimer = this.#parts.clock.setTimer(Math.max(1, at - now), () => {
      this.#pausedUntil = Infinity
      this.#parts.again()
    })
  }
}
