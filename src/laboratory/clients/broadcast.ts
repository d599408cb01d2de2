/**
 * Bitswap 1.0 and 1.1: every block is asked of every connected peer, whoever joins later is asked, too, and all are told
 * when it is here. Nobody could say "dont-have" then, so nobody is asked to. Routing is asked when nothing came for a while;
 * js-ipfs and go-ipfs of that time did so at once for the first want, and then every so often.
 */
import type { PeerId } from '../../ids.ts'
import type { ClientWant, Desk, Tactics } from './base/desk.ts'
import { strategyClient, withoutDontHaves } from './base/strategy-client.ts'
import { defineClient } from './client-strategy.ts'

interface BroadcastSettings {
  readonly searchDelayMs: number
  readonly searchPauseMs: number
}

class BroadcastTactics implements Tactics {
  readonly #desk: Desk
  readonly #settings: BroadcastSettings
  #searchAt = Infinity

  constructor(desk: Desk, settings: BroadcastSettings) {
    this.#desk = desk
    this.#settings = settings
  }

  wanted(wants: readonly ClientWant[]): void {
    for (const peer of this.#desk.peers()) this.#askAll(peer, wants)
    if (this.#searchAt === Infinity) this.#searchIn(this.#settings.searchDelayMs)
  }

  arrived(): void {
    if (this.#desk.open.size === 0) this.#searchAt = Infinity
    else this.#searchIn(this.#settings.searchPauseMs)
  }

  presence(): void {
    // Peers of that time said nothing, and what others say changes nothing.
  }

  dropped(): void {
    if (this.#desk.open.size === 0) this.#searchAt = Infinity
  }

  peerConnected(peer: PeerId): void {
    this.#askAll(peer, this.#desk.open.values())
  }

  peerLeft(): void {
    // All others were asked for all.
  }

  provider(peer: PeerId): void {
    this.#askAll(peer, this.#desk.open.values())
  }

  due(now: number): void {
    if (now < this.#searchAt) {
      this.#desk.wakeAt(this.#searchAt)
      return
    }
    const [first] = this.#desk.open.values()
    this.#searchAt = Infinity
    if (first === undefined) return
    this.#desk.search(first)
    this.#searchIn(this.#settings.searchPauseMs)
  }

  #askAll(peer: PeerId, wants: Iterable<ClientWant>): void {
    for (const want of wants) {
      if (this.#desk.askedFor(want, peer) !== 'block') this.#desk.ask(want, peer, 'block')
    }
  }

  #searchIn(ms: number): void {
    this.#searchAt = this.#desk.now() + ms
    this.#desk.wakeAt(this.#searchAt)
  }
}

export const broadcast = defineClient({
  name: 'broadcast',
  about: 'bitswap 1.0 and 1.1: every block is asked of every connected peer, and cancelled when it is here',
  source: 'go-bitswap before sessions (2016 to 2018); IPFS whitepaper (Benet 2014)',
  parameters: {
    searchDelayMs: {
      about: 'wait before routing is asked for the first want',
      unit: 'ms',
      fallback: 1_000,
      min: 0,
      max: 600_000
    },
    searchPauseMs: {
      about: 'pause without a block before it is asked again',
      unit: 'ms',
      fallback: 10_000,
      min: 1,
      max: 3_600_000
    }
  },
  create: (_world, settings) =>
    strategyClient((desk) => new BroadcastTactics(desk, settings), {
      cancelsSender: true,
      sending: (_peer, message) => withoutDontHaves(message)
    })
})
