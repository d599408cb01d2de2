/**
 * Peers are chosen by what they owe and how often they failed: all peers are asked what they have, and each block is asked
 * of one that has it, with a chance that falls with its cost, twice what it owes plus five times the part of what it was
 * asked for that it did not deliver.
 */
import type { PeerId } from '../../ids.ts'
import type { Random } from '../../ports.ts'
import { strategyClient } from './base/strategy-client.ts'
import { defineClient } from './client-strategy.ts'
import { HAVE_PARAMETERS, HaveSession, type HaveRules } from './have/have-session.ts'
import type { Holdings } from './have/holdings.ts'

interface Costs {
  readonly loadCost: number
  readonly failureCost: number
}

interface Deeds {
  delivered: number
  failed: number
}

class LoadAware implements HaveRules {
  readonly #costs: Costs
  readonly #random: Random
  /** Bounded: connected peers. */
  readonly #records = new Map<PeerId, Deeds>()

  constructor(costs: Costs, random: Random) {
    this.#costs = costs
    this.#random = random
  }

  assign(holdings: Holdings): void {
    for (const want of holdings.idle()) {
      const peer = this.#choose(holdings, holdings.holders(want))
      if (peer !== undefined) holdings.ask(want, peer)
    }
  }

  result(peer: PeerId, delivered: boolean): void {
    const record = this.#records.get(peer) ?? { delivered: 0, failed: 0 }
    if (delivered) record.delivered++
    else record.failed++
    this.#records.set(peer, record)
  }

  left(peer: PeerId): void {
    this.#records.delete(peer)
  }

  #choose(holdings: Holdings, peers: readonly PeerId[]): PeerId | undefined {
    const costs = peers.map((peer) => this.#cost(peer, holdings.outstanding(peer)))
    const highest = Math.max(...costs)
    const weights = costs.map((cost) => highest + 1 - cost)
    let left = this.#random.next() * weights.reduce((sum, weight) => sum + weight, 0)
    for (const [index, peer] of peers.entries()) {
      left -= weights[index] ?? 0
      if (left < 0) return peer
    }
    return peers.at(-1)
  }

  #cost(peer: PeerId, owed: number): number {
    const { delivered, failed } = this.#records.get(peer) ?? { delivered: 0, failed: 0 }
    const success = delivered + failed === 0 ? 1 : delivered / (delivered + failed)
    return this.#costs.loadCost * owed + this.#costs.failureCost * (1 - success)
  }
}

export const loadAware = defineClient({
  name: 'load-aware',
  about: 'each block is asked of one of those that have it, the less likely the more it owes and the more it failed',
  source: 'codex-storage/nim-codex, block exchange engine',
  parameters: {
    ...HAVE_PARAMETERS,
    loadCost: { about: 'cost of each block a peer owes', unit: 'cost', fallback: 2, min: 0, max: 1_000 },
    failureCost: { about: 'cost of a peer that never delivers', unit: 'cost', fallback: 5, min: 0, max: 1_000 }
  },
  create: ({ random }, settings) =>
    strategyClient((desk) => new HaveSession(desk, settings, new LoadAware(settings, random)))
})
