import type { PeerId } from '../../ids.ts'
import type { PartnerView, Scheduler } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import { firstBy } from './pick.ts'

/** The largest block: a quantum of less might not suffice for the next one. */
const MIN_QUANTUM = 2 * 1024 * 1024

class DeficitRoundRobin implements Scheduler {
  readonly #quantum: number
  /** Bounded: partners. What each may still have, in bytes, of the turns it was given. */
  readonly #deficits = new Map<PeerId, number>()
  #visited: PartnerView | undefined

  constructor(quantum: number) {
    this.#quantum = quantum
  }

  next(waiting: readonly PartnerView[]): PartnerView {
    const visited = waiting.find((partner) => partner === this.#visited)
    if (visited !== undefined && this.#deficitOf(visited) >= visited.nextBlockBytes) return visited
    const next = firstBy(waiting, () => false)
    this.#visited = next
    this.#deficits.set(next.peer, this.#deficitOf(next) + this.#quantum)
    return next
  }

  served(partner: PartnerView, bytes: number): void {
    if (partner !== this.#visited) return
    this.#deficits.set(partner.peer, this.#deficitOf(partner) - bytes)
    // An empty queue saves nothing.
    if (partner.queuedTasks === 0) this.#deficits.delete(partner.peer)
  }

  left(peer: PeerId): void {
    this.#deficits.delete(peer)
    if (this.#visited?.peer === peer) this.#visited = undefined
  }

  #deficitOf({ peer }: PartnerView): number {
    return this.#deficits.get(peer) ?? 0
  }
}

/**
 * Bytes are equal: each visit adds a quantum to a partner's deficit counter, and it is served while the counter suffices
 * for its next block. The counter, in bytes, is neither debt nor credit of an exchange: what is received changes nothing.
 */
export const deficitRoundRobin = strategyKind({
  name: 'deficit-round-robin',
  about: 'a quantum of bytes for each partner in turn',
  source: 'Shreedhar and Varghese, Efficient fair queueing using deficit round robin, SIGCOMM 1995',
  parameters: {
    quantum: { about: 'bytes of one visit', unit: 'bytes', fallback: MIN_QUANTUM, min: MIN_QUANTUM, whole: true }
  },
  create: ({ quantum }) => new DeficitRoundRobin(quantum)
})
