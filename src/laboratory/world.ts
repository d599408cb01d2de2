import { Bitswap } from '../bitswap.ts'
import type { Strategy } from '../engine/strategy.ts'
import { toPeerId, type PeerId } from '../ids.ts'
import type { BitswapOptionsInit } from '../options.ts'
import type { Hashers, Logger, Network } from '../ports.ts'
import type { Client } from '../session/session-like.ts'
import type { EventLog } from '../simulation/event-log.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'
import { virtualHashers } from '../simulation/virtual-hashers.ts'
import { VirtualNetwork } from '../simulation/virtual-network.ts'
import { VirtualProviders } from '../simulation/virtual-providers.ts'
import { byReference, throughCodec } from '../simulation/wire.ts'
import type { ExchangeOptions, Scenario } from './scenario/scenario.ts'
import { SharedStore } from './shared-store.ts'
import { hostShape, networkShape } from './shapes.ts'
import type { Edge, PlannedPeer } from './topology.ts'

export interface WorldPeer {
  readonly plan: PlannedPeer
  readonly id: PeerId
  readonly bitswap: Bitswap
  readonly store: SharedStore
  readonly network: Network
}

/** What decides in the peers of a world. */
export interface WorldStrategies {
  readonly server: Strategy
  /** The client side of one peer; undefined for our own session. */
  readonly client: ((peer: PlannedPeer, random: SeededRandom) => Client | undefined) | undefined
}

const MAX_EVENTS = 20_000_000_000

/** Whole exchanges in a virtual network, as a scenario describes them. */
export class World {
  readonly clock = new VirtualClock({ maxEvents: MAX_EVENTS })
  readonly providers: VirtualProviders
  readonly peers: readonly WorldPeer[]
  readonly #network: VirtualNetwork
  readonly #scenario: Scenario
  readonly #hashers: Hashers
  /** Bounded: one for each kind of thing that went wrong. */
  readonly #complaints = new Map<string, number>()

  constructor(
    scenario: Scenario,
    plans: readonly PlannedPeer[],
    strategies: WorldStrategies,
    events: EventLog,
    random: SeededRandom
  ) {
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

  /** What peers complained of in their logs, and how often: a world without faults has none. */
  get complaints(): ReadonlyMap<string, number> {
    return this.#complaints
  }

  async start(): Promise<void> {
    for (const { bitswap } of this.peers) await this.clock.until(bitswap.start())
  }

  /** Makes the connections; resolves when all are there and what peers tell each other at first has been said. */
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
    const { routing, exchange } = this.#scenario
    const network = this.#network.join(id, hostShape(plan, this.#scenario, random))
    const store = new SharedStore()
    const client = strategies.client?.(plan, random.stream(`client/${plan.index}`))
    const finder = routing.kind === 'none' ? NOBODY : this.providers.finderFor(id)
    const bitswap = new Bitswap({
      network,
      blockstore: store,
      hashers: this.#hashers,
      finder,
      clock: this.clock,
      logger: this.#logger(),
      strategy: strategies.server,
      random: random.stream(`server/${plan.index}`),
      client,
      options: optionsOf(exchange)
    })
    return { plan, id, bitswap, store, network }
  }

  #logger(): Logger {
    const complain = (message: string): void => {
      this.#complaints.set(message, (this.#complaints.get(message) ?? 0) + 1)
    }
    return { debug: () => undefined, warn: complain, error: complain }
  }
}

const NOBODY = { findProviders: async function* () {} }

/** Peers sort by their names as by their numbers. */
export function peerName(index: number): PeerId {
  return toPeerId(`p${String(index).padStart(6, '0')}`)
}

export function numberOfPeer(peer: PeerId): number {
  return Number(peer.slice(1))
}

function optionsOf(exchange: ExchangeOptions): BitswapOptionsInit {
  const { strict, uploadSlots, targetMessageBytes, replaceHaveBytes, maxInFlightBytesPerPartner } = exchange
  return {
    engine: { strict, uploadSlots, targetMessageBytes, replaceHaveBytes, maxInFlightBytesPerPartner },
    session: { providerSearchDelayMs: exchange.providerSearchDelayMs }
  }
}
