import type { PartnerView } from '../../engine/strategy.ts'
import { toPeerId, type PeerId } from '../../ids.ts'

/** The engine's bytes of one message, at most, if its first block is not larger. */
const MESSAGE_BYTES = 256 * 1024

/** How often a strategy may look at things during one question: it must come to an end, and soon. */
export class LookBudget {
  #left = Infinity

  /** From now on this many. */
  allow(looks: number): void {
    this.#left = looks
  }

  spend(): void {
    if (--this.#left < 0) throw new Error('it looks at its partners, or draws, too often: a turn must be quick')
  }
}

interface Facts {
  bytesSent: number
  bytesReceived: number
  queuedTasks: number
  oldestWant: number
  inFlightTasks: number
  waitingSince: number
  servedAt: number
}

/** A partner of the kit's engine; it counts how often the strategy looks at it. */
export class KitPartner implements PartnerView {
  readonly #peer: PeerId
  readonly #blockBytes: number
  readonly #budget: LookBudget
  readonly facts: Facts

  constructor(name: string, blockBytes: number, budget: LookBudget) {
    this.#peer = toPeerId(name)
    this.#blockBytes = blockBytes
    this.#budget = budget
    this.facts = {
      bytesSent: 0,
      bytesReceived: 0,
      queuedTasks: 0,
      oldestWant: Infinity,
      inFlightTasks: 0,
      waitingSince: 0,
      servedAt: -Infinity
    }
  }

  get peer(): PeerId {
    return this.#look(this.#peer)
  }

  get bytesSent(): number {
    return this.#look(this.facts.bytesSent)
  }

  get bytesReceived(): number {
    return this.#look(this.facts.bytesReceived)
  }

  get recentSent(): number {
    return this.#look(this.facts.bytesSent)
  }

  get recentReceived(): number {
    return this.#look(this.facts.bytesReceived)
  }

  get debtRatio(): number {
    return this.#look(this.facts.bytesSent / (this.facts.bytesReceived + 1))
  }

  get queuedBytes(): number {
    return this.#look(this.facts.queuedTasks * this.#blockBytes)
  }

  get queuedTasks(): number {
    return this.#look(this.facts.queuedTasks)
  }

  get nextBlockBytes(): number {
    return this.#look(this.facts.queuedTasks > 0 ? this.#blockBytes : 0)
  }

  get oldestWant(): number {
    return this.#look(this.facts.queuedTasks > 0 ? this.facts.oldestWant : Infinity)
  }

  get inFlightBytes(): number {
    return this.#look(this.facts.inFlightTasks * this.#blockBytes)
  }

  get inFlightTasks(): number {
    return this.#look(this.facts.inFlightTasks)
  }

  get waitingSince(): number {
    return this.#look(this.facts.waitingSince)
  }

  get servedAt(): number {
    return this.#look(this.facts.servedAt)
  }

  /** Takes the blocks of one message from the queue; returns their bytes. */
  take(now: number): number {
    const blocks = Math.min(this.facts.queuedTasks, Math.max(1, Math.floor(MESSAGE_BYTES / this.#blockBytes)))
    this.facts.queuedTasks -= blocks
    this.facts.inFlightTasks += blocks
    this.facts.oldestWant += blocks
    this.facts.waitingSince = now
    this.facts.servedAt = now
    return blocks * this.#blockBytes
  }

  written(bytes: number): void {
    this.facts.inFlightTasks -= bytes / this.#blockBytes
    this.facts.bytesSent += bytes
  }

  #look<Value>(value: Value): Value {
    this.#budget.spend()
    return value
  }
}
