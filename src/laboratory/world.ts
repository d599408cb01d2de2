import type { Strategy } from '../engine/strategy.ts'
import { toPeerId, type PeerId } from '../ids.ts'
import type { Hashers } from '../ports.ts'
import type { Client } from '../session/session-like.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'
import { virtualHashers } from '../simulation/virtual-hashers.ts'
import { VirtualNetwork } from '../simulation/virtual-network.ts'
import { VirtualProviders } from '../simulation/virtual-providers.ts'
import { byReference, throughCodec } from '../simulation/wire.ts'
import type { Identity } from './adversaries/adversary.ts'
import type { Scenario } from './scenario/scenario.ts'
import { SharedStore } from './shared-store.ts'
import { hostShape, networkShape } from './shapes.ts'
import type { Edge, PlannedPeer } from './topology.ts'
import { createPeer } from './create-peer.ts'
import type { WorldLike, WorldParts, WorldPeer } from './world-like.ts'

/** What decides in the peers of a world. */
export interface WorldStrategies {
  readonly server: Strategy
  /** The client side of one peer; undefined for our own session. */
  readonly client: ((peer: PlannedPeer, random: SeededRandom) => Client | undefined) | undefined
}

const MAX_EVENTS = 20_000_000_000

/** Whole exchanges in a virtual network, as a scenario describes them. */
export class World implements WorldLike {
  readonly kind = 'virtual'
  readonly clock = new VirtualClock({ maxEvents: MAX_EVENTS })
  readonly providers: VirtualProviders
  readonly peers: readonly WorldPeer[]
  readonly #network: VirtualNetwork
  readonly #scenario: Scenario
  readonly #hashers: Hashers
  /** Bounded: one for each kind of thing that went wrong. */
  readonly #complaints = new Map<string, number>()

  constructor({ scenario, plans, strategies, events, random }: WorldParts) {
    this.#scenario = scenario
    this.#hashers = virtualHashers({ realBytes: scenario.realBytes })
    this.providers = new VirtualProviders(this.clock, scenario.routing.delay_ms)
    this.#network = new VirtualNetwork(this.clock, {
      ...networkShape(scenario),
      wire: scenario.wire === 'codec' ? throughCodec : byReference,
      random: random.stream('network'),
      maxLog: 0,
      events
    })
    this.peers = plans.map((plan) => this.#peer(plan, strategies, random))
  }

  get complaints(): ReadonlyMap<string, number> {
    return this.#complaints
  }

  async start(): Promise<void> {
    for (const { bitswap } of this.peers) await this.clock.until(bitswap.start())
  }

  async connect(edges: readonly Edge[]): Promise<void> {
    const dials = edges.flatMap(({ from, to }) => {
      const [dialer, listener] = [this.peers[from], this.peers[to]]
      return dialer === undefined || listener === undefined
        ? []
        : [dialer.network.connect({ peer: listener.id, addresses: [] })]
    })
    await this.clock.until(Promise.all(dials))
  }

  async stop(): Promise<void> {
    for (const { bitswap } of this.peers) await this.clock.until(bitswap.stop())
  }

  #peer(plan: PlannedPeer, strategies: WorldStrategies, random: SeededRandom): WorldPeer {
    const id = peerName(plan.index)
    const shape = hostShape(plan, this.#scenario, random)
    const network = this.#network.join(id, shape)
    const store = new SharedStore()
    let names = 0
    const join = (): Identity => {
      const peer = furtherName(plan.index, ++names)
      return { peer, network: this.#network.join(peer, { ...shape, linesOf: id }) }
    }
    const medium = { network, hashers: this.#hashers, clock: this.clock, providers: this.providers, join }
    return createPeer({ id, plan, store, medium, complaints: this.#complaints }, this.#scenario, strategies, random)
  }
}

/** The kind of world that runs are in if nothing else is said. */
export function virtualWorld(parts: WorldParts): World {
  return new World(parts)
}

/** Peers sort by their names as by their numbers; further names of one peer have its number as well. */
export function peerName(index: number): PeerId {
  return toPeerId(`p${String(index).padStart(6, '0')}`)
}

function furtherName(index: number, name: number): PeerId {
  return toPeerId(`${peerName(index)}.${name}`)
}

export function numberOfPeer(peer: PeerId): number {
  return Number.parseInt(peer.slice(1), 10)
}
