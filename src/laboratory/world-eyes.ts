import type { PeerId } from '../ids.ts'
import type { Hashers } from '../ports.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import type { VirtualNetwork } from '../simulation/virtual-network.ts'
import type { KnownBlocks } from './metrics/known-blocks.ts'
import { WorldWatch } from './metrics/world-watch.ts'
import type { WorldPeer } from './world-like.ts'

export interface Seen {
  readonly clock: VirtualClock
  readonly network: VirtualNetwork
  readonly hashers: Hashers
  readonly blocks: KnownBlocks
  readonly count: number
  readonly nameOf: (peer: number) => PeerId
  /** Asked when something happens, by when all are there. */
  readonly peers: () => readonly WorldPeer[]
}

/** A watch on a virtual world. */
export function watchWorld({ clock, network, hashers, blocks, count, nameOf, peers }: Seen): WorldWatch {
  return new WorldWatch({
    peers: count,
    nowMs: () => clock.now(),
    hashers,
    blocks,
    has: (peer, block) => {
      const cid = blocks.cidOf(block)
      return cid !== undefined && peers()[peer]?.store.get(cid) !== undefined
    },
    coreBusyMs: (peer) => (network.hostOf(nameOf(peer))?.core?.busyMicros(clock.nowMicros) ?? 0) / 1_000,
    roundTripMs: (from, to) => peers()[from]?.network.latencyMs(nameOf(to))
  })
}
