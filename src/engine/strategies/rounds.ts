import type { PeerId } from '../../ids.ts'
import type { PartnerView } from '../strategy.ts'

/** Bytes of the round under way, the last one, and the one before. */
export interface Flow {
  current: number
  last: number
  before: number
}

/** What the rounds know of one partner that waited, or gave something. */
export interface Member {
  readonly peer: PeerId
  /** Undefined until it waited for the first time. */
  view: PartnerView | undefined
  /** The number of the round in which it was first heard of. */
  readonly since: number
  /** Bytes that came from it, and bytes that were handed over to it. */
  readonly gave: Flow
  readonly got: Flow
}

/** Cuts time into rounds of one length, and counts what partners gave and got in each. Rounds are looked at when somebody asks. */
export class Rounds {
  readonly #intervalMs: number
  /** Bounded: partners. In the order in which they were first heard of. */
  readonly #members = new Map<PeerId, Member>()
  #number = 0
  #endsAt: number | undefined

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** When the round under way ends. */
  get endsAt(): number {
    return this.#endsAt ?? 0
  }

  get number(): number {
    return this.#number
  }

  /** Members that have something to be sent, or under way to them. */
  get interested(): readonly Member[] {
    return [...this.#members.values()].filter(({ view }) => {
      return view !== undefined && (view.queuedTasks > 0 || view.inFlightTasks > 0)
    })
  }

  get(peer: PeerId): Member | undefined {
    return this.#members.get(peer)
  }

  /** Takes note of those who wait. True when a round has begun since the last call. */
  look(waiting: readonly PartnerView[], now: number): boolean {
    for (const view of waiting) this.#memberOf(view.peer).view = view
    if (this.#endsAt !== undefined && now < this.#endsAt) return false
    const rounds = this.#endsAt === undefined ? 1 : Math.floor((now - this.#endsAt) / this.#intervalMs) + 1
    this.#endsAt = (this.#endsAt ?? now) + rounds * this.#intervalMs
    this.#number += rounds
    // What is older than two rounds is forgotten.
    for (let round = 0; round < Math.min(rounds, 3); round++) this.#shift()
    return true
  }

  served({ peer }: PartnerView, bytes: number): void {
    this.#memberOf(peer).got.current += bytes
  }

  received(peer: PeerId, bytes: number): void {
    this.#memberOf(peer).gave.current += bytes
  }

  left(peer: PeerId): void {
    this.#members.delete(peer)
  }

  #memberOf(peer: PeerId): Member {
    let member = this.#members.get(peer)
    if (member === undefined) {
      const flow = (): Flow => ({ current: 0, last: 0, before: 0 })
      member = { peer, view: undefined, since: this.#number, gave: flow(), got: flow() }
      this.#members.set(peer, member)
    }
    return member
  }

  #shift(): void {
    for (const { gave, got } of this.#members.values()) {
      for (const flow of [gave, got]) [flow.before, flow.last, flow.current] = [flow.last, flow.current, 0]
    }
  }
}
