import type { PeerId } from '../../../ids.ts'
import type { Random } from '../../../ports.ts'
import type { ClientWant } from '../base/desk.ts'
import { sample } from '../base/sample.ts'

export interface SplitLimits {
  readonly initial: number
  readonly max: number
  readonly tooMany: number
  readonly tooFew: number
  readonly minBlocks: number
}

/** Wants, and the peers that are all asked for each of them. */
export interface Group {
  readonly wants: readonly ClientWant[]
  readonly peers: readonly PeerId[]
}

/** Into how many groups wants and peers are dealt: the more, the fewer peers are asked for one block. */
export class SplitFactor {
  readonly #limits: SplitLimits
  #value: number
  #received = 0
  #duplicates = 0

  constructor(limits: SplitLimits) {
    this.#limits = limits
    this.#value = Math.min(limits.initial, limits.max)
  }

  get value(): number {
    return this.#value
  }

  /** So many blocks came, and so many besides that were here already. */
  received(blocks: number, duplicates: number): void {
    const { minBlocks, tooMany, tooFew, max } = this.#limits
    this.#received += blocks + duplicates
    this.#duplicates += duplicates
    if (this.#received <= minBlocks) return
    const share = this.#duplicates / this.#received
    if (share > tooMany) this.#value = Math.min(max, this.#value + 1)
    else if (share < tooFew) this.#value = Math.max(1, this.#value - 1)
    else return
    this.#received = 0
    this.#duplicates = 0
  }

  /** Peers are dealt out by rank, so that each group has a fast one; wants by chance. */
  deal(wants: readonly ClientWant[], ranked: readonly PeerId[], random: Random): readonly Group[] {
    const count = Math.min(this.#value, ranked.length, wants.length)
    const shuffled = sample(wants, wants.length, random)
    return Array.from({ length: count }, (_, group) => ({
      wants: shuffled.filter((_want, index) => index % count === group),
      peers: ranked.filter((_peer, index) => index % count === group)
    }))
  }
}
