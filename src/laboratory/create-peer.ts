import { Bitswap } from '../bitswap.ts'
import type { BitswapParts } from '../assembly.ts'
import type { PeerId } from '../ids.ts'
import type { BitswapOptionsInit } from '../options.ts'
import type { Blockstore, Clock, Hashers, Logger, Network } from '../ports.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { VirtualProviders } from '../simulation/virtual-providers.ts'
import type { Identity } from './adversaries/adversary.ts'
import type { ExchangeOptions, Scenario } from './scenario/scenario.ts'
import type { PlannedPeer } from './topology.ts'
import type { WorldPeer, WorldStore } from './world-like.ts'
import type { WorldStrategies } from './world-strategies.ts'

/** What the exchange of one peer stands on: this is where kinds of worlds differ. */
export interface Medium {
  readonly network: Network
  /** How the exchange sees the store of the peer, if not as it is. */
  readonly blockstore?: Blockstore
  readonly hashers: Hashers
  readonly clock: Clock
  readonly providers: VirtualProviders
  /** One more identity of the same peer, on the same uplink and downlink; not started yet. */
  readonly join: () => Identity
}

export interface PeerToBe {
  readonly id: PeerId
  readonly plan: PlannedPeer
  readonly store: WorldStore
  readonly medium: Medium
  /** Where it is counted what the peer complains of. */
  readonly complaints: Map<string, number>
}

const NOBODY = { findProviders: async function* () {} }

/** One peer of a world of any kind: the same exchange, strategies and random streams in all. */
export function createPeer(
  { id, plan, store, medium, complaints }: PeerToBe,
  { routing, exchange, wire }: Scenario,
  strategies: WorldStrategies,
  random: SeededRandom
): WorldPeer {
  const { network, hashers, clock, providers, join } = medium
  const parts: BitswapParts = {
    self: id,
    network,
    blockstore: medium.blockstore ?? store,
    hashers,
    finder: routing.kind === 'none' ? NOBODY : providers.finderFor(id),
    clock,
    logger: complainingLogger(complaints),
    strategy: strategies.server,
    random: random.stream(`server/${plan.index}`),
    client: strategies.client?.(plan, random.stream(`client/${plan.index}`)),
    // Blocks that cross as objects share one memory, which is there anyway: a copy of each would keep nothing alive less.
    own: wire === 'reference' ? (bytes) => bytes : undefined,
    options: optionsOf(exchange)
  }
  const bitswap = new Bitswap(plan.adversary?.corrupt(parts, { clock, join }) ?? parts)
  return { plan, id, bitswap, store, network }
}

/** Counts what is complained of, by its text. */
export function complainingLogger(complaints: Map<string, number>): Logger {
  const complain = (message: string): void => void complaints.set(message, (complaints.get(message) ?? 0) + 1)
  return { debug: () => undefined, warn: complain, error: complain }
}

function optionsOf(exchange: ExchangeOptions): BitswapOptionsInit {
  const { strict, uploadSlots, targetMessageBytes, replaceHaveBytes, maxInFlightBytesPerPartner } = exchange
  return {
    engine: { strict, uploadSlots, targetMessageBytes, replaceHaveBytes, maxInFlightBytesPerPartner },
    session: { providerSearchDelayMs: exchange.providerSearchDelayMs }
  }
}
