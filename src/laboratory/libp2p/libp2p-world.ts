import { virtualHashers } from '../../simulation/virtual-hashers.ts'
import { VirtualBlockstore } from '../../simulation/virtual-blockstore.ts'
import { VirtualProviders } from '../../simulation/virtual-providers.ts'
import { createPeer, complainingLogger } from '../create-peer.ts'
import { requireWorld } from '../experiment/require-world.ts'
import { hostShape, networkShape } from '../shapes.ts'
import type { Edge, PlannedPeer } from '../topology.ts'
import type { WorldLike, WorldMeasurement, WorldParts, WorldPeer } from '../world-like.ts'
import { peerName } from '../world.ts'
import { LoadMeter } from './load-meter.ts'
import { Loopback } from './loopback.ts'
import { RealClock } from './real-clock.ts'

/** Nobody waits longer for a run in real time. */
export const LIBP2P_LIMIT_MS = 10 * 60_000

/** Connections being made at a time: each costs both ends a handshake, and all ends share a thread. */
const DIALS_AT_A_TIME = 4
const CONNECT_LIMIT_MS = 60_000
const LOOK_EVERY_MS = 5
/** Nodes tell each other what they are when they meet; the first request waits until that has been said. */
const CALM_MS = 250

/** Whole exchanges on libp2p nodes in one process, that meet on loopback through links of the scenario's shape. */
export class Libp2pWorld implements WorldLike {
  readonly kind = 'libp2p'
  readonly limitMs = LIBP2P_LIMIT_MS
  readonly clock = new RealClock()
  readonly providers: VirtualProviders
  readonly peers: readonly WorldPeer[]
  readonly #loopback: Loopback
  readonly #meter = new LoadMeter()
  /** Bounded: one for each kind of thing that went wrong. */
  readonly #complaints = new Map<string, number>()

  constructor(parts: WorldParts) {
    const { scenario, plans, random, events } = parts
    requireWorld(this.kind, scenario)
    this.providers = new VirtualProviders(this.clock, scenario.routing.delay_ms)
    this.#loopback = new Loopback({
      clock: this.clock,
      link: networkShape(scenario).link ?? {},
      random: random.stream('network'),
      events,
      logger: complainingLogger(this.#complaints)
    })
    this.peers = plans.map((plan) => this.#peer(plan, parts))
  }

  get complaints(): ReadonlyMap<string, number> {
    return this.#complaints
  }

  /** Where its nodes listen, as multiaddr text. */
  get addresses(): readonly string[] {
    return this.#loopback.ports.flatMap((port) => port.provider().addresses)
  }

  async start(): Promise<void> {
    for (const { bitswap } of this.peers) await bitswap.start()
  }

  async connect(edges: readonly Edge[]): Promise<void> {
    const left = edges.values()
    const dial = async (): Promise<void> => {
      for (const edge of left) await this.#dial(edge)
    }
    await Promise.all(Array.from({ length: DIALS_AT_A_TIME }, dial))
    await this.clock.sleep(CALM_MS)
    this.#meter.begin()
  }

  measured(): readonly WorldMeasurement[] {
    const written = this.#loopback.ports.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
    return [...this.#meter.read(), { metric: 'libp2p_written', value: written, unit: 'bytes' }]
  }

  async stop(): Promise<void> {
    this.#meter.end()
    try {
      await Promise.all(this.peers.map(({ bitswap }) => bitswap.stop()))
    } finally {
      await this.#loopback.close()
    }
  }

  /** Connects two peers, and waits until both know of it. */
  async #dial({ from, to }: Edge): Promise<void> {
    const [dialer, listener] = [this.peers[from], this.peers[to]]
    if (dialer === undefined || listener === undefined) return
    await dialer.network.connect({ peer: listener.id, addresses: [] })
    const until = this.clock.now() + CONNECT_LIMIT_MS
    const isKnown = (): boolean => {
      const [one, other] = [this.#loopback.portOf(dialer.id), this.#loopback.portOf(listener.id)]
      return one?.hasWayTo(listener.id) === true && other?.hasWayTo(dialer.id) === true
    }
    while (!isKnown()) {
      if (this.clock.now() > until) throw new Error(`${dialer.id} and ${listener.id} do not get to know each other`)
      await this.clock.sleep(LOOK_EVERY_MS)
    }
  }

  #peer(plan: PlannedPeer, { scenario, strategies, random }: WorldParts): WorldPeer {
    const id = peerName(plan.index)
    const network = this.#loopback.join(id, hostShape(plan, scenario, random))
    const medium = {
      network,
      hashers: virtualHashers({ realBytes: scenario.realBytes }),
      clock: this.clock,
      providers: this.providers,
      join: (): never => {
        throw new Error('a peer over libp2p has one name')
      }
    }
    const toBe = { id, plan, store: new VirtualBlockstore(), medium, complaints: this.#complaints }
    return createPeer(toBe, scenario, strategies, random)
  }
}

/** The kind of world of `--world libp2p`. Throws `InvalidParametersError` for a scenario that cannot be run in it. */
export function libp2pWorld(parts: WorldParts): Libp2pWorld {
  return new Libp2pWorld(parts)
}
