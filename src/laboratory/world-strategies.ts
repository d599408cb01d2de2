import type { Strategy } from '../engine/strategy.ts'
import type { Client } from '../session/session-like.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { PlannedPeer } from './topology.ts'

/** What decides in the peers of a world. */
export interface WorldStrategies {
  readonly server: Strategy
  /** The client side of one peer; undefined for our own session. */
  readonly client: ((peer: PlannedPeer, random: SeededRandom) => Client | undefined) | undefined
}
