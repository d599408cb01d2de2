import { peerIdFromString } from '@libp2p/peer-id'
import type { TopologyFilter } from '@libp2p/interface'
import type { SwarmConfig } from '../config/swarm-section.ts'
import { byPeer } from './by-peer.ts'

type RelayClient = SwarmConfig['relayClient']

/** Relays that hold a place for this peer, at most; Kubo keeps as many. */
const MAX_RELAYS = 2

/** What to listen on so that relays are looked for among the connected peers, one address for each. */
export function relayListenAddresses({ enabled, staticRelays }: RelayClient): readonly string[] {
  if (!enabled) return []
  const relays = staticRelays.length === 0 ? MAX_RELAYS : byPeer(staticRelays).length
  return Array.from({ length: relays }, () => '/p2p-circuit')
}

/** Lets no other relays be used than those that the config names; undefined when it names none. */
export function relayFilter({ staticRelays }: RelayClient): TopologyFilter | undefined {
  if (staticRelays.length === 0) return undefined
  const wanted = new Set(byPeer(staticRelays).map(({ peer }) => peerIdFromString(peer).toString()))
  // "Has" means: seen before, and not to be looked at.
  return { has: (peer) => !wanted.has(peer.toString()), add: () => undefined, remove: () => undefined }
}
