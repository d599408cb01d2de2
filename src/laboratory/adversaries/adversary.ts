import type { BitswapParts } from '../../assembly.ts'
import type { PeerId } from '../../ids.ts'
import type { Clock, Network } from '../../ports.ts'

/** What an adversary finds in its world beside the parts that every peer gets. */
export interface AdversaryWorld {
  readonly clock: Clock
  /** One more identity of the same peer, on the same uplink and downlink; not started yet. */
  readonly join: () => Identity
}

export interface Identity {
  readonly peer: PeerId
  readonly network: Network
}

/** A peer that does not do as others do: the very same exchange, with some of its parts replaced. */
export interface Adversary {
  /** In kebab-case; the role of its peers in results. */
  readonly name: string
  /** One line. */
  readonly about: string
  /** The paper, specification or report it comes from. */
  readonly source: string
  /** It serves what it has, so that others may depend on it: only then is a file of its own wanted by anybody. */
  readonly serves: boolean
  /** It connects to every peer of the world, whatever the topology. */
  readonly connectsToAll?: boolean
  /** The parts of one such peer, from those that it would have if it were as others are. */
  corrupt(parts: BitswapParts, world: AdversaryWorld): BitswapParts
}
