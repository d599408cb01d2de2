import type { PeerId } from '../ids.ts'
import type { Hashers } from '../ports.ts'
import type { Core } from '../simulation/lane.ts'
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
  const names = Array.from({ length: count }, (_, peer) => nameOf(peer))
  const cores: (Core | undefined)[] = []
  const coreOf = (peer: number): Core | undefined => {
    // Looked up once, when the last peer has joined.
    if (cores.length === 0 && network.hostOf(names.at(-1) ?? nameOf(0)) !== undefined)
      cores.push(...names.map((name) => network.hostOf(name)?.core))
    return cores[peer]
  }
  return new WorldWatch({
    peers: count,
    nowMs: () => clock.now(),
    hashers,
    blocks,
    has: (peer, block) => {
      const cid = blocks.cidOf(block)
      return cid !== undefined && peers()[peer]?.store.get(cid) !== undefined
    },
    coreBusyMs: (peer) => (coreOf(peer)?.busyMicros(clock.nowMicros) ?? 0) / 1_000,
    roundTripMs: (from, to) => peers()[from]?.network.latencyMs(names[to] ?? nameOf(to))
  })
}
