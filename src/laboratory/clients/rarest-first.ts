/**
 * Rarest first, as BitTorrent has it: all peers are asked what they have; the block that fewest of them have is asked for
 * first, of the one that owes least, with so many asked of one peer at a time. The first few are chosen by chance, for the
 * rare ones come slowly; near the end the last ones are asked of everybody who has them.
 */
import type { PeerId } from '../../ids.ts'
import type { Random } from '../../ports.ts'
import type { ClientWant } from './base/desk.ts'
import { sample } from './base/sample.ts'
import { strategyClient } from './base/strategy-client.ts'
import { defineClient } from './client-strategy.ts'
import { HAVE_PARAMETERS, HaveSession, type HaveRules } from './have/have-session.ts'
import type { Holdings } from './have/holdings.ts'

interface RarestSettings {
  readonly window: number
  readonly randomFirst: number
  readonly endgame: number
}

class RarestFirst implements HaveRules {
  readonly #settings: RarestSettings
  readonly #random: Random
  #asked = 0

  constructor(settings: RarestSettings, random: Random) {
    this.#settings = settings
    this.#random = random
  }

  assign(holdings: Holdings, open: ReadonlyMap<unknown, ClientWant>): void {
    const idle = holdings.idle().map((want) => ({ want, holders: holdings.holders(want) }))
    // Ties are broken by chance, so that not everybody fetches the same ones.
    const order = sample(idle, idle.length, this.#random)
    if (this.#asked >= this.#settings.randomFirst) order.sort((a, b) => a.holders.length - b.holders.length)
    for (const { want, holders } of order) {
      const peer = this.#leastBusy(holdings, holders)
      if (peer === undefined) continue
      holdings.ask(want, peer)
      if (this.#asked++ === this.#settings.randomFirst - 1) {
        this.assign(holdings, open)
        return
      }
    }
    if (open.size <= this.#settings.endgame && holdings.delivered > 0) this.#end(holdings, open.values())
  }

  #end(holdings: Holdings, wants: Iterable<ClientWant>): void {
    for (const want of wants) for (const peer of holdings.holders(want)) holdings.ask(want, peer)
  }

  #leastBusy(holdings: Holdings, peers: readonly PeerId[]): PeerId | undefined {
    let best: PeerId | undefined
    for (const peer of peers) {
      const owed = holdings.outstanding(peer)
      if (owed < this.#settings.window && (best === undefined || owed < holdings.outstanding(best))) best = peer
    }
    return best
  }
}

export const rarestFirst = defineClient({
  name: 'rarest-first',
  about: 'all peers say what they have; the block that fewest have is asked for first',
  source: 'BitTorrent (BEP 3; Cohen 2003), on the have-messages of bitswap 1.2',
  parameters: {
    ...HAVE_PARAMETERS,
    window: { about: 'want-blocks at one peer at a time', unit: 'wants', fallback: 8, min: 1, max: 4_096 },
    randomFirst: { about: 'blocks chosen by chance at first', unit: 'blocks', fallback: 4, min: 0, max: 4_096 },
    endgame: {
      about: 'last blocks that are asked of everybody who has them',
      unit: 'blocks',
      fallback: 5,
      min: 0,
      max: 4_096
    }
  },
  create: ({ random }, settings) =>
    strategyClient((desk) => new HaveSession(desk, settings, new RarestFirst(settings, random)))
})
