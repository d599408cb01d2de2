import type { CidKey, PeerId } from '../../../ids.ts'
import type { ClientWant, Desk } from '../base/desk.ts'

interface Held {
  /** What each peer said. Bounded: connected peers. */
  readonly said: Map<PeerId, boolean>
  /** Asked for the bytes, and since when. Bounded: connected peers. */
  readonly asked: Map<PeerId, number>
}

/** Who has which open want, and who was asked for it. */
export class Holdings {
  readonly #desk: Desk
  /** Bounded: open wants. */
  readonly #held = new Map<CidKey, Held>()
  /** Want-blocks that are not answered. Bounded: connected peers. */
  readonly #outstanding = new Map<PeerId, number>()
  #delivered = 0

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Blocks that came so far. */
  get delivered(): number {
    return this.#delivered
  }

  add(want: ClientWant): void {
    this.#held.set(want.shared.key, { said: new Map(), asked: new Map() })
  }

  /** Open wants that nobody is asked for, in the order they came. */
  idle(): ClientWant[] {
    return [...this.#desk.open.values()].filter(({ shared }) => {
      return !shared.claimed && this.#held.get(shared.key)?.asked.size === 0
    })
  }

  /** Peers that say they have it, in the order they said so. */
  holders({ shared }: ClientWant): PeerId[] {
    const said = [...(this.#held.get(shared.key)?.said ?? [])]
    return said.filter(([peer, have]) => have && this.#desk.mayAsk(peer)).map(([peer]) => peer)
  }

  outstanding(peer: PeerId): number {
    return this.#outstanding.get(peer) ?? 0
  }

  isAsked({ shared }: ClientWant, peer: PeerId): boolean {
    return this.#held.get(shared.key)?.asked.has(peer) === true
  }

  ask(want: ClientWant, peer: PeerId, priority?: number): void {
    const held = this.#held.get(want.shared.key)
    if (held === undefined || held.asked.has(peer) || !this.#desk.ask(want, peer, 'block', priority)) return
    held.asked.set(peer, this.#desk.now())
    this.#outstanding.set(peer, this.outstanding(peer) + 1)
  }

  /** True when the peer had been asked for the bytes. */
  said({ shared }: ClientWant, peer: PeerId, have: boolean): boolean {
    const held = this.#held.get(shared.key)
    if (held === undefined) return false
    held.said.set(peer, have)
    return !have && this.#settle(held, peer)
  }

  ended({ shared }: ClientWant, isDelivered: boolean): void {
    const held = this.#held.get(shared.key)
    if (held === undefined) return
    if (isDelivered) this.#delivered++
    for (const peer of [...held.asked.keys()]) this.#settle(held, peer)
    this.#held.delete(shared.key)
  }

  left(peer: PeerId): void {
    for (const held of this.#held.values()) {
      held.said.delete(peer)
      held.asked.delete(peer)
    }
    this.#outstanding.delete(peer)
  }

  /** Want-blocks asked before `at`, which count as denied now. */
  takeAskedBefore(at: number): (readonly [ClientWant, PeerId])[] {
    const late: (readonly [ClientWant, PeerId])[] = []
    for (const [key, held] of this.#held) {
      const want = this.#desk.open.get(key)
      for (const [peer, since] of [...held.asked]) {
        if (want === undefined || since > at) continue
        this.#settle(held, peer)
        held.said.set(peer, false)
        late.push([want, peer])
      }
    }
    return late
  }

  #settle(held: Held, peer: PeerId): boolean {
    if (!held.asked.delete(peer)) return false
    this.#outstanding.set(peer, Math.max(0, this.outstanding(peer) - 1))
    return true
  }
}
