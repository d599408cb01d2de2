import type { PeerDiscovery, PeerInfo } from '@libp2p/interface'
import { mdns, type MulticastDNSComponents, type MulticastDNSInit } from '@libp2p/mdns'

/** Dials to discovered peers at a time; more are found again by the next answer. */
const MAX_DIALS = 16

/** What libp2p gives to a discovery, as far as this one needs it. */
export interface LocalPeersComponents extends MulticastDNSComponents {
  readonly connectionManager: {
    getConnections(peer: PeerInfo['id']): readonly unknown[]
    openConnection(addresses: PeerInfo['multiaddrs']): Promise<unknown>
  }
}

/** Finds peers of the local network by multicast DNS, tells it of this one, and connects to whom it finds. */
export function localPeers(init?: MulticastDNSInit): (components: LocalPeersComponents) => PeerDiscovery {
  return (components) => {
    const { connectionManager, logger } = components
    const log = logger.forComponent('barter:local-peers')
    const discovery = mdns(init)(components)
    let dials = 0
    discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }) => {
      if (dials >= MAX_DIALS || multiaddrs.length === 0 || connectionManager.getConnections(id).length > 0) return
      dials++
      const addresses = multiaddrs.map((address) => address.encapsulate(`/p2p/${id.toString()}`))
      connectionManager
        .openConnection(addresses)
        .catch((error: unknown) => log.error('a local peer could not be reached - %e', error))
        .finally(() => dials--)
    })
    return discovery
  }
}
