import type { ComponentLogger, Libp2p, PrivateKey, ServiceMap } from '@libp2p/interface'
import { preSharedKey } from '@libp2p/pnet'
import type { Datastore } from 'interface-datastore'
import { createLibp2p, type ServiceFactoryMap } from 'libp2p'
import type { Settings } from '../config/schema.ts'
import { quietRouting, routingServices } from '../routing/routing.ts'
import { libp2pDefaults, type BaseServices, type Libp2pDefaultsOptions } from '../libp2p/libp2p-defaults.ts'
import { announceFilter } from './announce-filter.ts'
import { AddressFilters } from './address-filters.ts'
import { hardLimit } from './connection-trimmer.ts'
import { addressGate } from './address-gate.ts'
import { localPeers } from './local-peers.ts'
import { MAX_ADDRESS_AGE_MS, MAX_PEER_AGE_MS } from './peer-store-bound.ts'
import { relayListenAddresses } from './relays.ts'
import { formatSwarmKey, type SwarmKey } from './swarm-key.ts'
import { swarmServices } from './swarm-services.ts'
import { loadTransports } from './transports.ts'

export interface Libp2pParts<S extends ServiceMap> {
  readonly settings: Settings
  /** Addresses that can be listened on. */
  readonly listen: readonly string[]
  readonly privateKey: PrivateKey
  readonly datastore: Datastore
  readonly userAgent: string
  /** Closes the swarm to peers without it. */
  readonly swarmKey: SwarmKey | undefined
  /** Take the place of what the settings say. */
  readonly overrides: Omit<Libp2pDefaultsOptions, 'listen' | 'privateKey'> | undefined
  /** Where libp2p logs; by default as `DEBUG` says. */
  readonly logger?: ComponentLogger | undefined
  /** Services of the application, beside ours. */
  readonly services: ServiceFactoryMap<S> | undefined
}

/** The libp2p node of a peer, as its settings say. It is started. */
export async function startLibp2p<S extends ServiceMap>(parts: Libp2pParts<S>): Promise<Libp2p<S & BaseServices>> {
  const { settings, swarmKey, privateKey, datastore } = parts
  const { swarm, addresses, discovery } = settings
  const defaults = libp2pDefaults({
    encryption: swarm.encryption,
    maxConnections: hardLimit(swarm.connections),
    ...parts.overrides,
    listen: [...parts.listen, ...relayListenAddresses(swarm.relayClient)],
    privateKey
  })
  const filters = new AddressFilters(swarm.addrFilters)
  const services = {
    ...defaults.services,
    filters: () => filters,
    ...swarmServices(settings),
    ...routingServices(settings.routing),
    ...parts.services
  }
  return await createLibp2p({
    ...defaults,
    transports: await loadTransports(swarm),
    addresses: {
      ...defaults.addresses,
      announce: [...addresses.announce],
      appendAnnounce: [...addresses.appendAnnounce],
      announceFilter: announceFilter(addresses.noAnnounce)
    },
    connectionGater: addressGate(filters, defaults.connectionGater),
    peerDiscovery: discovery.mdns ? [localPeers()] : [],
    peerStore: { maxAddressAge: MAX_ADDRESS_AGE_MS, maxPeerAge: MAX_PEER_AGE_MS },
    ...(swarmKey === undefined ? {} : { connectionProtector: preSharedKey({ psk: formatSwarmKey(swarmKey) }) }),
    ...(parts.logger && { logger: parts.logger }),
    nodeInfo: { userAgent: parts.userAgent },
    datastore,
    // The types of three maps spread together are not followed by the compiler.
    services: services as unknown as ServiceFactoryMap<S & BaseServices>
  })
}

/** The same settings for a peer that contacts nobody unless it is asked to. */
export function quieten(settings: Settings): Settings {
  return {
    ...settings,
    discovery: { ...settings.discovery, mdns: false, autoNat: false },
    routing: quietRouting(settings.routing),
    swarm: {
      ...settings.swarm,
      relayClient: { enabled: false, staticRelays: [] },
      holePunching: false,
      natPortMap: false
    }
  }
}
