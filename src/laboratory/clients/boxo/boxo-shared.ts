import type { CidKey, PeerId } from '../../../ids.ts'
import type { Message, WantType } from '../../../message/message.ts'
import type { ClientWant, Desk } from '../base/desk.ts'
import { DontHaveTimeouts } from './dont-have-timeouts.ts'

const MAX_PRIORITY = 2 ** 31 - 1

/** A session, as its client sees it. */
export interface Listener {
  /** The peer took too long to answer; counts as if it had denied the block. */
  late(key: CidKey, peer: PeerId): void
}

/** What the sessions of one Boxo client share: who was told what and how, and how long answers take. */
export class BoxoShared {
  readonly timeouts = new DontHaveTimeouts()
  /** Bounded: open sessions. */
  readonly listeners = new Set<Listener>()
  /** Wants of which every peer that connects is told. Bounded: open wants. */
  readonly broadcast = new Set<CidKey>()
  /** Told by a broadcast alone: silence means "dont-have". Bounded: open wants, each with connected peers. */
  readonly #quiet = new Map<CidKey, Set<PeerId>>()
  /** Wants told to each peer so far: earlier ones are the more urgent. Bounded: connected peers. */
  readonly #told = new Map<PeerId, number>()

  /** Asks a peer whether it has a block, unless it was told of it before. It need not deny it. */
  tell(desk: Desk, want: ClientWant, peer: PeerId): void {
    const { key } = want.shared
    if (desk.askedFor(want, peer) !== undefined) return
    const quiet = this.#quiet.get(key) ?? new Set()
    this.#quiet.set(key, quiet.add(peer))
    this.#ask(desk, want, peer, 'have')
  }

  /** Asks a peer, unless it was asked as much before; it is to say so if it has not got the block. */
  ask(desk: Desk, want: ClientWant, peer: PeerId, type: WantType): boolean {
    const asked = desk.askedFor(want, peer)
    if (asked === 'block' || asked === type) return desk.mayAsk(peer)
    if (this.#quiet.get(want.shared.key)?.has(peer) === true && type === 'have') return true
    this.#quiet.get(want.shared.key)?.delete(peer)
    return this.#ask(desk, want, peer, type)
  }

  /** A message as Boxo would write it: of what is broadcast, peers that have it not say nothing. */
  written(peer: PeerId, message: Message): Message {
    if (this.#quiet.size === 0 || message.wants.length === 0) return message
    const wants = message.wants.map((want) => {
      const isQuiet = want.type === 'have' && this.#quiet.get(want.key)?.has(peer) === true
      return isQuiet ? { ...want, sendDontHave: false } : want
    })
    return { ...message, wants }
  }

  ended(key: CidKey): void {
    this.broadcast.delete(key)
    this.#quiet.delete(key)
    this.timeouts.ended(key)
  }

  left(peer: PeerId): void {
    for (const peers of this.#quiet.values()) peers.delete(peer)
    this.#told.delete(peer)
    this.timeouts.left(peer)
  }

  /** Tells all sessions of wants that were not answered in time. */
  expire(now: number): void {
    for (const [peer, key] of this.timeouts.takeExpired(now)) {
      for (const listener of [...this.listeners]) listener.late(key, peer)
    }
  }

  #ask(desk: Desk, want: ClientWant, peer: PeerId, type: WantType): boolean {
    const told = this.#told.get(peer) ?? 0
    if (!desk.ask(want, peer, type, MAX_PRIORITY - told)) return false
    this.#told.set(peer, told + 1)
    const pingMs = desk.parts.peers.pace(peer)?.roundTripMs
    this.timeouts.asked(peer, want.shared.key, type === 'block', desk.now(), pingMs)
    return true
  }
}
