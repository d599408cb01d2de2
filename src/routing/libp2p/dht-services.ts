/** The two DHTs that an IPFS peer takes part in: one of the internet, one of its own network. */
import { KEEP_ALIVE, type PeerData, type PeerInfo } from '@libp2p/interface'
import { kadDHT, type KadDHT, type KadDHTComponents } from '@libp2p/kad-dht'
import type { Clock } from '../../ports.ts'
import { addressScope } from '../address-scope.ts'
import { DhtRecords } from './dht-records.ts'

/** `auto`: a server while the internet can reach this peer, else a client. */
export type DhtMode = 'auto' | 'client' | 'server'

export interface DhtInit {
  readonly mode: DhtMode
  /** Loopback addresses count as addresses of the own network: for peers of one machine. */
  readonly loopback: boolean
  readonly clock: Pick<Clock, 'epochMs'>
}

export type DhtService = (components: KadDHTComponents) => KadDHT

/** Streams of this protocol on one connection: a question each. */
const MAX_STREAMS = 32

/** What a server of each DHT speaks. */
export const WAN_DHT_PROTOCOL = '/ipfs/kad/1.0.0'
export const LAN_DHT_PROTOCOL = '/ipfs/lan/kad/1.0.0'

/** The DHT of the internet: addresses of private networks have no place in it. */
export function wanDht({ mode, clock }: Omit<DhtInit, 'loopback'>): DhtService {
  return service('wan', WAN_DHT_PROTOCOL, mode, isWanAddress, clock)
}

/**
 * The DHT of the own network, in which `auto` is a server: whoever is here can be reached by those who are here. It holds
 * no public addresses.
 */
export function lanDht({ mode, loopback, clock }: DhtInit): DhtService {
  return service('lan', LAN_DHT_PROTOCOL, mode === 'auto' ? 'server' : mode, isLanAddress(loopback), clock)
}

export function isWanAddress(address: string): boolean {
  return addressScope(address) === 'public'
}

export function isLanAddress(loopback: boolean): (address: string) => boolean {
  return (address) => {
    const scope = addressScope(address)
    return scope === 'private' || (loopback && scope === 'loopback')
  }
}

function service(
  name: 'wan' | 'lan',
  protocol: string,
  mode: DhtMode,
  admits: (address: string) => boolean,
  clock: DhtInit['clock']
): DhtService {
  const prefix = `/dht-${name}`
  const make = kadDHT({
    protocol,
    logPrefix: `libp2p:dht-${name}`,
    metricsPrefix: `libp2p_dht_${name}`,
    datastorePrefix: prefix,
    peerInfoMapper: (peer: PeerInfo) => ({
      ...peer,
      multiaddrs: peer.multiaddrs.filter((address) => admits(address.toString()))
    }),
    // Whoever searches asks again by and by; a question to nobody must not stay open until somebody comes.
    allowQueryWithZeroPeers: true,
    maxInboundStreams: MAX_STREAMS,
    maxOutboundStreams: MAX_STREAMS,
    ...(mode === 'auto' ? {} : { clientMode: mode === 'client' })
  })
  return (components) => {
    const { addressManager, peerStore } = components
    return make(
      override(components, {
        datastore: new DhtRecords({ prefix, self: components.peerId.toString(), clock }),
        peerStore: override(peerStore, {
          merge: (id, data, options) => peerStore.merge(id, withoutReconnects(data), options)
        }),
        // What is told to others: only what is of use to them.
        addressManager: override(addressManager, {
          getAddresses: () => addressManager.getAddresses().filter((address) => admits(address.toString()))
        })
      })
    )
  }
}

/**
 * The DHT would have libp2p dial its neighbours again whenever they, or the owner of this peer, hang up. Whom to stay
 * connected to is decided elsewhere; a DHT finds its neighbours by itself.
 */
function withoutReconnects(data: PeerData): PeerData {
  if (data.tags === undefined) return data
  const tags = data.tags instanceof Map ? [...data.tags] : Object.entries(data.tags)
  return { ...data, tags: Object.fromEntries(tags.filter(([name]) => !name.startsWith(KEEP_ALIVE))) }
}

/** `target`, but for a few members. */
function override<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (_target, name): unknown => {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}
