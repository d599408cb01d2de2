import type { PeerDiscovery, PeerInfo } from '@libp2p/interface'
import { mdns, type MulticastDNSComponents } from '@libp2p/mdns'

/** Dials to discovered peers at a time; more are found again by the next answer. */
export const MAX_LOCAL_DIALS = 16

/** What libp2p gives to a discovery, as far as this one needs it. */
export interface LocalPeersComponents extends MulticastDNSComponents {
  readonly connectionManager: {
    getConnections(peer: PeerInfo['id']): readonly unknown[]
    openConnection(addresses: PeerInfo['multiaddrs']): Promise<unknown>
  }
}

type Discover = (components: MulticastDNSComponents) => PeerDiscovery

/** Finds peers of the local network, by multicast DNS, tells it of this one, and connects to whom it finds. */
export function localPeers(discover: Discover = mdns()): (components: LocalPeersComponents) => PeerDiscovery {
  return (components) => {
    const { connectionManager, logger } = components
    const log = logger.forComponent('barter:local-peers')
    const discovery = discover(components)
    let dials = 0
    discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
      if (dials >= MAX_LOCAL_DIALS || multiaddrs.length === 0 || connectionManager.getConnections(id).length > 0) return
      dials++
      const suffix = `/p2p/${id.toString()}`
      const addresses = multiaddrs.map((one) => (one.toString().endsWith(suffix) ? one : one.encapsulate(suffix)))
      connectionManager
        .openConnection(addresses)
        .catch((error: unknown) => log.error('a local peer could not be reached - %e', error))
        .finally(() => dials--)
    })
    return discovery
  }
}
