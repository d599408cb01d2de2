import type { PeerId } from '../../../ids.ts'
import type { ClientWant, Desk, Tactics } from '../base/desk.ts'
import { Holdings } from './holdings.ts'

/** What the strategies that know who has what differ in. */
export interface HaveRules {
  /** Asks for the blocks it wants to ask for now, by `holdings.ask`. Called once all facts at hand are recorded. */
  assign(holdings: Holdings, open: ReadonlyMap<unknown, ClientWant>): void
  /** A block came from a peer, or one that was asked for did not. */
  result?(peer: PeerId, delivered: boolean): void
  left?(peer: PeerId): void
}

/** What all of them may be told. */
export const HAVE_PARAMETERS = {
  searchDelayMs: {
    about: 'wait without a block before routing is asked',
    unit: 'ms',
    fallback: 1_000,
    min: 0,
    max: 600_000
  },
  refreshMs: {
    about: 'first pause before peers that denied a block are asked anew',
    unit: 'ms',
    fallback: 1_000,
    min: 1,
    max: 600_000
  },
  maxRefreshMs: {
    about: 'longest such pause; each is twice the one before',
    unit: 'ms',
    fallback: 36_000,
    min: 1,
    max: 3_600_000
  },
  silenceMs: {
    about: 'a want-block that takes longer counts as denied',
    unit: 'ms',
    fallback: 30_000,
    min: 1,
    max: 3_600_000
  }
} as const

export type HaveSettings = { readonly [Name in keyof typeof HAVE_PARAMETERS]: number }

/** A session that asks all peers what they have, and decides by what they say. */
export class HaveSession implements Tactics {
  readonly #desk: Desk
  readonly #settings: HaveSettings
  readonly #rules: HaveRules
  readonly #holdings: Holdings
  #scheduled = false
  #searchAt = Infinity
  #refreshAt = Infinity
  #refreshMs: number

  constructor(desk: Desk, settings: HaveSettings, rules: HaveRules) {
    this.#desk = desk
    this.#settings = settings
    this.#rules = rules
    this.#holdings = new Holdings(desk)
    this.#refreshMs = settings.refreshMs
  }

  wanted(wants: readonly ClientWant[]): void {
    for (const want of wants) this.#holdings.add(want)
    for (const peer of this.#desk.peers()) this.#inquire(peer, wants)
    this.#progress()
  }

  arrived(want: ClientWant, from: PeerId | undefined): void {
    this.#holdings.ended(want, true)
    if (from !== undefined) this.#rules.result?.(from, true)
    this.#progress()
  }

  presence(want: ClientWant, peer: PeerId, have: boolean): void {
    if (this.#holdings.said(want, peer, have)) this.#rules.result?.(peer, false)
    this.#changed()
  }

  dropped(want: ClientWant): void {
    this.#holdings.ended(want, false)
    this.#changed()
  }

  peerConnected(peer: PeerId): void {
    this.#inquire(peer, this.#desk.open.values())
  }

  peerLeft(peer: PeerId): void {
    this.#holdings.left(peer)
    this.#rules.left?.(peer)
    this.#changed()
  }

  provider(peer: PeerId): void {
    this.#inquire(peer, this.#desk.open.values())
  }

  due(now: number): void {
    const late = this.#holdings.takeAskedBefore(now - this.#settings.silenceMs)
    for (const [want, peer] of late) {
      this.#desk.retract(want, peer)
      this.#rules.result?.(peer, false)
    }
    if (late.length > 0) this.#changed()
    if (now >= this.#refreshAt) this.#refresh(now)
    if (now >= this.#searchAt) this.#search(now)
    this.#setAlarm()
  }

  #inquire(peer: PeerId, wants: Iterable<ClientWant>): void {
    for (const want of wants) if (this.#desk.askedFor(want, peer) === undefined) this.#desk.ask(want, peer, 'have')
  }

  #progress(): void {
    const now = this.#desk.now()
    this.#refreshMs = this.#settings.refreshMs
    this.#refreshAt = now + this.#refreshMs
    this.#searchAt = now + this.#settings.searchDelayMs
    this.#setAlarm()
    this.#changed()
  }

  /** Nothing came: whoever did not have what nobody has may have got it since. */
  #refresh(now: number): void {
    this.#refreshMs = Math.min(2 * this.#refreshMs, this.#settings.maxRefreshMs)
    this.#refreshAt = now + this.#refreshMs
    for (const want of this.#holdings.idle()) {
      if (this.#holdings.holders(want).length > 0) continue
      for (const peer of this.#desk.peers()) this.#desk.askAgain(want, peer, 'have')
    }
  }

  #search(now: number): void {
    this.#searchAt = now + Math.max(this.#settings.searchDelayMs, this.#settings.maxRefreshMs)
    const [first] = this.#holdings.idle()
    if (first !== undefined) this.#desk.search(first)
  }

  #changed(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#desk.parts.clock.defer(() => {
      this.#scheduled = false
      if (this.#desk.open.size > 0) this.#rules.assign(this.#holdings, this.#desk.open)
    })
  }

  #setAlarm(): void {
    if (this.#desk.open.size === 0) return
    const lateAt = this.#desk.now() + this.#settings.silenceMs
    this.#desk.wakeAt(Math.min(this.#refreshAt, this.#searchAt, lateAt))
  }
}
