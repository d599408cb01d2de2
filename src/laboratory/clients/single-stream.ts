/**
 * A bound rather than a strategy: all blocks of a session come from one peer, in the order they were asked for, as in a
 * download over HTTP or GraphSync. All peers are asked whether they have the first block, and the first to answer serves
 * the rest; only when it denies a block, leaves, or falls silent, another is looked for.
 */
import type { PeerId } from '../../ids.ts'
import type { ClientWant, Desk, Tactics } from './base/desk.ts'
import { strategyClient } from './base/strategy-client.ts'
import { defineClient } from './client-strategy.ts'

const MAX_PRIORITY = 2 ** 31 - 1

interface StreamSettings {
  readonly searchDelayMs: number
  readonly silenceMs: number
}

class SingleStream implements Tactics {
  readonly #desk: Desk
  readonly #settings: StreamSettings
  /** Denied a block or fell silent; asked only when nobody else is left. Bounded: connected peers. */
  readonly #failed = new Set<PeerId>()
  #source: PeerId | undefined
  /** When a block last came, or the source was chosen. */
  #progressAt = 0
  #searchAt = Infinity

  constructor(desk: Desk, settings: StreamSettings) {
    this.#desk = desk
    this.#settings = settings
  }

  wanted(wants: readonly ClientWant[]): void {
    if (this.#searchAt === Infinity) this.#restart()
    if (this.#source === undefined) this.#probe(this.#desk.peers())
    else this.#ask(this.#source, wants)
  }

  arrived(_want: ClientWant, from: PeerId | undefined): void {
    this.#restart()
    if (from !== undefined) this.#choose(from)
  }

  presence(want: ClientWant, peer: PeerId, have: boolean): void {
    if (have) this.#choose(peer)
    else if (peer === this.#source) this.#abandon(peer)
    else if (this.#source === undefined && this.#isDenied(want)) this.#failed.clear()
  }

  dropped(): void {
    // The others go on in their order.
  }

  peerConnected(peer: PeerId): void {
    if (this.#source === undefined) this.#probe([peer])
  }

  peerLeft(peer: PeerId): void {
    this.#failed.delete(peer)
    if (peer !== this.#source) return
    this.#source = undefined
    this.#probe(this.#desk.peers())
  }

  provider(peer: PeerId): void {
    this.#choose(peer)
  }

  due(now: number): void {
    if (this.#desk.open.size === 0) {
      this.#searchAt = Infinity
      return
    }
    if (this.#source !== undefined && now - this.#progressAt >= this.#settings.silenceMs) this.#abandon(this.#source)
    if (this.#source === undefined && now >= this.#searchAt) this.#lookElsewhere(now)
    this.#setAlarm()
  }

  #choose(peer: PeerId): void {
    if (this.#source !== undefined || this.#failed.has(peer) || !this.#desk.mayAsk(peer)) return
    this.#source = peer
    this.#restart()
    this.#ask(peer, this.#desk.open.values())
  }

  /** Each want is less urgent than the one before it: whoever serves by priority serves in order. */
  #ask(peer: PeerId, wants: Iterable<ClientWant>): void {
    for (const want of wants) this.#desk.ask(want, peer, 'block', MAX_PRIORITY - want.number)
  }

  #abandon(peer: PeerId): void {
    this.#source = undefined
    this.#failed.add(peer)
    for (const want of this.#desk.open.values()) {
      if (this.#desk.askedFor(want, peer) !== undefined) this.#desk.retract(want, peer)
    }
    this.#probe(this.#desk.peers())
    this.#setAlarm()
  }

  #probe(peers: readonly PeerId[]): void {
    const [first] = this.#desk.open.values()
    if (first === undefined) return
    for (const peer of peers) {
      if (!this.#failed.has(peer) && this.#desk.askedFor(first, peer) === undefined)
        this.#desk.ask(first, peer, 'have', MAX_PRIORITY - first.number)
    }
  }

  #isDenied({ shared }: ClientWant): boolean {
    const { peers } = this.#desk.parts
    return this.#desk.peers().every((peer) => peers.presence(peer, shared.key) === 'dont-have')
  }

  #lookElsewhere(now: number): void {
    this.#searchAt = now + this.#settings.silenceMs
    const [first] = this.#desk.open.values()
    if (first === undefined) return
    this.#failed.clear()
    this.#desk.search(first)
    for (const peer of this.#desk.peers()) this.#desk.askAgain(first, peer, 'have', MAX_PRIORITY - first.number)
  }

  #restart(): void {
    const now = this.#desk.now()
    this.#progressAt = now
    this.#searchAt = now + this.#settings.searchDelayMs
    this.#setAlarm()
  }

  #setAlarm(): void {
    this.#desk.wakeAt(this.#source === undefined ? this.#searchAt : this.#progressAt + this.#settings.silenceMs)
  }
}

export const singleStream = defineClient({
  name: 'single-stream',
  about: 'a bound: all blocks from one peer, in the order they were asked for',
  source: 'single-source baselines of Beyond Bitswap (HTTP, GraphSync)',
  parameters: {
    searchDelayMs: {
      about: 'wait without a peer that has it before routing is asked',
      unit: 'ms',
      fallback: 1_000,
      min: 0,
      max: 600_000
    },
    silenceMs: {
      about: 'a peer that sends nothing for so long is given up',
      unit: 'ms',
      fallback: 10_000,
      min: 1,
      max: 3_600_000
    }
  },
  create: (_world, settings) => strategyClient((desk) => new SingleStream(desk, settings))
})
