import type { CID } from 'multiformats/cid'
import type { Bitswap } from '../bitswap.ts'
import type { PeerId } from '../ids.ts'
import type { Blockstore, Clock, Network } from '../ports.ts'
import type { EventLog } from '../simulation/event-log.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { VirtualProviders } from '../simulation/virtual-providers.ts'
import type { KnownBlocks } from './metrics/known-blocks.ts'
import type { WorldWatch } from './metrics/world-watch.ts'
import type { Scenario } from './scenario/scenario.ts'
import type { Edge, PlannedPeer } from './topology.ts'
import type { WorldStrategies } from './world-strategies.ts'

/** `virtual`: a network in virtual time, where nothing is real. `libp2p`: nodes on loopback, in real time. */
export type WorldKind = 'virtual' | 'libp2p'

export const WORLD_KINDS: readonly WorldKind[] = ['virtual', 'libp2p']

/** Milliseconds from the making of a world, real ones or virtual. */
export interface WorldClock extends Clock {
  sleep(delayMs: number): Promise<void>
  /** Lets time pass until a promise has settled, and hands on its outcome. Real time passes by itself. */
  until<Value>(promise: PromiseLike<Value>): Promise<Value>
}

/** Blocks in memory, at hand for whoever fills the world or looks into it; the exchange may see them through a slower store. */
export interface WorldStore extends Blockstore {
  /** How many there are. */
  readonly blocks: number
  get(cid: CID): Uint8Array | undefined
  put(cid: CID, bytes: Uint8Array): void
}

export interface WorldPeer {
  readonly plan: PlannedPeer
  /** The name by which the others know it, of its number: the same in every kind of world. */
  readonly id: PeerId
  readonly bitswap: Bitswap
  readonly store: WorldStore
  readonly network: Network
}

/** What one kind of world alone can tell of itself. */
export interface WorldMeasurement {
  readonly metric: string
  readonly value: number
  readonly unit: string
}

/** Whole exchanges that can be connected: what requests, metrics and results need of a world, of whatever kind. */
export interface WorldLike {
  readonly kind: WorldKind
  /** No run lasts longer in this kind of world, whatever its scenario says. */
  readonly limitMs?: number
  readonly clock: WorldClock
  readonly providers: VirtualProviders
  readonly peers: readonly WorldPeer[]
  /** What peers complained of in their logs, and how often: a world without faults has none. */
  readonly complaints: ReadonlyMap<string, number>
  /** Looks on while the world runs, in kinds of worlds that can be looked at, where it was asked for. */
  readonly watch?: WorldWatch | undefined
  /** For a peer that is away and will be back: resolves when it is. */
  whenBack?(peer: number): Promise<void> | undefined
  start(): Promise<void>
  /** Makes the connections; resolves when all are there and what peers tell each other at first has been said. */
  connect(edges: readonly Edge[]): Promise<void>
  /** Of the time since the connections were made. */
  measured?(): readonly WorldMeasurement[]
  /** Ends everything, whatever has been begun. */
  stop(): Promise<void>
}

/** All that a world is made of. */
export interface WorldParts {
  readonly scenario: Scenario
  readonly plans: readonly PlannedPeer[]
  readonly strategies: WorldStrategies
  readonly events: EventLog
  readonly random: SeededRandom
  /** All blocks there will be, for a world that is to be looked at. */
  readonly blocks?: KnownBlocks | undefined
}

/** Makes one kind of world. */
export type BuildWorld<SomeWorld extends WorldLike = WorldLike> = (parts: WorldParts) => SomeWorld
