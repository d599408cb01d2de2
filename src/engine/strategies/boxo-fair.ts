import { fnv1a } from '../../small-hash.ts'
import type { PeerId } from '../../ids.ts'
import type { PartnerView, Scheduler, StrategyWorld } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import { firstBy } from './pick.ts'

class BoxoFair implements Scheduler {
  readonly #pendingCap: number
  readonly #starvedMs: number
  readonly #salt: number
  /** Bounded: partners. */
  readonly #hashes = new Map<PeerId, number>()

  constructor(pendingCap: number, starvedMs: number, { random }: StrategyWorld) {
    this.#pendingCap = pendingCap
    this.#starvedMs = starvedMs
    this.#salt = Math.floor(random.next() * 2 ** 32)
  }

  next(waiting: readonly PartnerView[], now: number): PartnerView {
    return firstBy(waiting, (a, b) => this.#isBefore(a, b, now))
  }

  left(peer: PeerId): void {
    this.#hashes.delete(peer)
  }

  #isBefore(a: PartnerView, b: PartnerView, now: number): boolean {
    const isStarved = now - a.servedAt > this.#starvedMs
    if (isStarved !== now - b.servedAt > this.#starvedMs) return isStarved
    if (a.inFlightTasks !== b.inFlightTasks) return a.inFlightTasks < b.inFlightTasks
    const [pending, others] = [a, b].map(({ queuedTasks }) => Math.min(queuedTasks, this.#pendingCap))
    if (pending !== undefined && others !== undefined && pending !== others) return pending > others
    return this.#hash(a.peer) < this.#hash(b.peer)
  }

  #hash(peer: PeerId): number {
    let hash = this.#hashes.get(peer)
    if (hash !== undefined) return hash
    hash = fnv1a(peer, this.#salt)
    this.#hashes.set(peer, hash)
    return hash
  }
}

/**
 * Who was never served, or not for ten seconds; then who has the fewest blocks under way; then who asks for most, up to a
 * cap; then a salted hash. There is neither debt nor credit.
 */
export const boxoFair = strategyKind({
  name: 'boxo-fair',
  about: 'newcomers and the starved first, then who has the least under way',
  source: 'boxo 0.39 and later, bitswap/server/internal/decision/scheduler.go',
  parameters: {
    cap: {
      about: 'tasks beyond which a longer queue is no advantage',
      unit: 'tasks',
      fallback: 16,
      min: 1,
      whole: true
    },
    starved: { about: 'without a message for so long is starved', unit: 'ms', fallback: 10_000, min: 0 }
  },
  create: ({ cap, starved }, world) => new BoxoFair(cap, starved, world)
})
