import { toPeerId, type PeerId } from '../ids.ts'
import type { Hashers, Network } from '../ports.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import { VirtualClock } from '../simulation/virtual-clock.ts'
import { virtualHashers } from '../simulation/virtual-hashers.ts'
import { VirtualNetwork, type VirtualNetworkOptions } from '../simulation/virtual-network.ts'
import { VirtualProviders } from '../simulation/virtual-providers.ts'
import { byReference, throughCodec } from '../simulation/wire.ts'
import { DelayedBlockstore, VirtualBlockstore } from '../simulation/virtual-blockstore.ts'
import type { Identity } from './adversaries/adversary.ts'
import { regionLatencyMs, type Region } from '../simulation/regions.ts'
import { WatchedNetwork } from './metrics/watched-network.ts'
import type { WorldWatch } from './metrics/world-watch.ts'
import type { Scenario } from './scenario/scenario.ts'
import { Presence } from './presence.ts'
import { hostShape, networkShape, regionsOf, searchPace } from './shapes.ts'
import type { Edge, PlannedPeer } from './topology.ts'
import { createPeer } from './create-peer.ts'
import { watchWorld } from './world-eyes.ts'
import type { WorldLike, WorldParts, WorldPeer } from './world-like.ts'
import type { WorldStrategies } from './world-strategies.ts'

const MAX_EVENTS = 20_000_000_000

/** Whole exchanges in a virtual network, as a scenario describes them. */
export class World implements WorldLike {
  readonly kind = 'virtual'
  readonly clock = new VirtualClock({ maxEvents: MAX_EVENTS })
  readonly providers: VirtualProviders
  readonly peers: readonly WorldPeer[]
  readonly watch: WorldWatch | undefined
  readonly #presence: Presence | undefined
  readonly #network: VirtualNetwork
  readonly #scenario: Scenario
  readonly #hashers: Hashers
  /** Bounded: one for each kind of thing that went wrong. */
  readonly #complaints = new Map<string, number>()
  /** Bounded: by the edges of the world. Connections that there are while both of their ends are here. */
  readonly #edges: Edge[] = []

  constructor({ scenario, plans, strategies, events, random, blocks }: WorldParts) {
    this.#scenario = scenario
    this.#hashers = virtualHashers({ realBytes: scenario.realBytes })
    this.providers = new VirtualProviders(this.clock, searchPace(scenario, random))
    this.#network = new VirtualNetwork(this.clock, {
      ...networkShape(scenario),
      ...linksBetween(regionsOf(plans.length, scenario, random)),
      wire: scenario.wire === 'codec' ? throughCodec : byReference,
      random: random.stream('network'),
      maxLog: 0,
      events
    })
    const { clock } = this
    const seen = { clock, network: this.#network, hashers: this.#hashers, count: plans.length, nameOf: peerName }
    this.watch = blocks === undefined ? undefined : watchWorld({ ...seen, blocks, peers: () => this.peers })
    this.peers = plans.map((plan) => this.#peer(plan, strategies, random))
    this.#presence = this.#comingAndGoing(scenario, random)
  }

  get complaints(): ReadonlyMap<string, number> {
    return this.#complaints
  }

  whenBack(peer: number): Promise<void> | undefined {
    return this.#presence?.whenBack(peer)
  }

  async start(): Promise<void> {
    if (this.#presence !== undefined) await this.clock.until(this.#presence.begin())
    else for (const { bitswap } of this.peers) await this.clock.until(bitswap.start())
  }

  async connect(edges: readonly Edge[]): Promise<void> {
    this.#edges.push(...edges)
    await this.clock.until(Promise.all(this.#dials(edges)))
    this.#presence?.run(this.clock.now(), (error) => {
      this.#complaints.set(String(error), (this.#complaints.get(String(error)) ?? 0) + 1)
    })
  }

  async stop(): Promise<void> {
    this.#presence?.end()
    for (const { bitswap } of this.peers) await this.clock.until(bitswap.stop())
  }

  #peer(plan: PlannedPeer, strategies: WorldStrategies, random: SeededRandom): WorldPeer {
    const id = peerName(plan.index)
    const shape = hostShape(plan, this.#scenario, random)
    const network = this.#network.join(id, shape)
    const store = new VirtualBlockstore()
    const { delay_ms: delayMs } = this.#scenario.store
    const blockstore = delayMs === 0 ? store : new DelayedBlockstore(store, this.clock, { delayMs })
    let names = 0
    const join = (): Identity => {
      const peer = furtherName(plan.index, ++names)
      return { peer, network: this.#network.join(peer, { ...shape, linesOf: id }) }
    }
    const { clock, providers } = this
    const medium = {
      network: this.#watched(plan, id, network),
      blockstore,
      hashers: this.#hashers,
      clock,
      providers,
      join
    }
    return createPeer({ id, plan, store, medium, complaints: this.#complaints }, this.#scenario, strategies, random)
  }

  #watched({ index }: PlannedPeer, id: PeerId, network: Network): Network {
    const { watch } = this
    if (watch === undefined) return network
    this.#network.hostOf(id)?.uplink.watch((isBusy) => watch.turned(index, isBusy))
    return new WatchedNetwork(network, watch, index, numberOfPeer)
  }

  #comingAndGoing({ churn, limit_ms: untilMs }: Scenario, random: SeededRandom): Presence | undefined {
    if (churn === undefined) return undefined
    return new Presence({
      churn,
      names: this.peers.map(({ id }) => id),
      comers: this.peers.map(({ bitswap }) => bitswap),
      random,
      untilMs,
      sleepUntil: (atMs) => this.clock.sleep(atMs - this.clock.now()),
      cameBack: async (peer) => {
        // Whoever cannot be reached just now is missed.
        await Promise.allSettled(this.#dials(this.#edges.filter(({ from, to }) => from === peer || to === peer)))
      }
    })
  }

  /** Connections between those that are here. */
  #dials(edges: readonly Edge[]): Promise<PeerId>[] {
    const isHere = (peer: number): boolean => this.#presence?.isHere(peer) ?? true
    return edges.flatMap(({ from, to }) => {
      const [dialer, listener] = [this.peers[from], this.peers[to]]
      if (dialer === undefined || listener === undefined || !isHere(from) || !isHere(to)) return []
      return [dialer.network.connect({ peer: listener.id, addresses: [] })]
    })
  }
}

/** Latencies by where peers are, in the place of the one latency of all. */
function linksBetween(regions: readonly Region[] | undefined): Pick<VirtualNetworkOptions, 'linkOf'> {
  if (regions === undefined) return {}
  const at = (peer: PeerId): Region => regions[numberOfPeer(peer)] ?? 'NAE'
  return { linkOf: (a, b) => ({ latencyMs: regionLatencyMs(at(a), at(b)) }) }
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
