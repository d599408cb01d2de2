/** The routing systems of a peer, as its settings say. */
import type { Libp2p } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { toPeerId } from '../../ids.ts'
import { libp2pLogger } from '../../network/libp2p/libp2p-logger.ts'
import { RoutingFinder } from '../../network/libp2p/routing-finder.ts'
import type { Clock } from '../../ports.ts'
import { toProvider } from '../../provider.ts'
import { CompositeRouter, type CompositeOptions } from '../../routing/composite-router.ts'
import { DelegatedRouter } from '../../routing/http/delegated-router.ts'
import { BITSWAP, GATEWAY } from '../../routing/http/peer-record.ts'
import { DhtRouter, type DhtRouterInit } from '../../routing/libp2p/dht-router.ts'
import {
  isLanAddress,
  isWanAddress,
  LAN_DHT_PROTOCOL,
  lanDht,
  WAN_DHT_PROTOCOL,
  wanDht,
  type DhtMode,
  type DhtService
} from '../../routing/libp2p/dht-services.ts'
import type { Router } from '../../routing/router.ts'
import { StaticRouter } from '../../routing/static-router.ts'
import type { RoutingConfig } from '../config/routing-section.ts'
import type { RoutingType } from '../config/routing-type.ts'
import { systemClock } from '../system-clock.ts'

const DHT_MODES: Readonly<Record<RoutingType, DhtMode | undefined>> = {
  auto: 'auto',
  autoclient: 'client',
  dht: 'auto',
  dhtclient: 'client',
  dhtserver: 'server',
  none: undefined,
  delegated: undefined
}
const DELEGATING: ReadonlySet<RoutingType> = new Set(['auto', 'autoclient', 'delegated'])

/** The DHTs by the names they have among the services of a libp2p node. */
const WAN = 'wanDht'
const LAN = 'lanDht'

/** The services that a libp2p node needs for its DHTs; none for a peer that takes part in none. */
export function routingServices({ type, loopbackOnLanDht }: RoutingConfig): Readonly<Record<string, DhtService>> {
  const mode = DHT_MODES[type]
  if (mode === undefined) return {}
  const clock = systemClock
  return { [WAN]: wanDht({ mode, clock }), [LAN]: lanDht({ mode, loopback: loopbackOnLanDht, clock }) }
}

/** The same settings for a peer that contacts nobody unless asked to. Peers that the owner names are asked. */
export function quietRouting(config: RoutingConfig): RoutingConfig {
  return { ...config, type: 'none' }
}

/** In a private swarm nobody outside is asked: what is sought there is nobody else's business. */
export function privateRouting(config: RoutingConfig): RoutingConfig {
  return { ...config, delegatedRouters: [] }
}

export interface PeerRouting {
  /** For sessions. */
  readonly sessions: CompositeRouter
  /** For a user who asks: more answers, and more time. */
  readonly user: CompositeRouter
}

const USER_OPTIONS: Partial<CompositeOptions> = { deadlineMs: 90_000, maxPerRouter: 200 }

/** All routers of a peer as one. `libp2p` was made with `routingServices` of the same settings. */
export function composeRouting(libp2p: Libp2p, config: RoutingConfig, clock: Clock = systemClock): PeerRouting {
  const routers = makeRouters(libp2p, config, clock)
  const parts = { self: toPeerId(libp2p.peerId), clock, logger: libp2pLogger(libp2p.logger, 'barter:routing') }
  return { sessions: new CompositeRouter(routers, parts), user: new CompositeRouter(routers, parts, USER_OPTIONS) }
}

function makeRouters(libp2p: Libp2p, config: RoutingConfig, clock: Clock): Router[] {
  const fixed = config.providers.map(toProvider)
  const urls = DELEGATING.has(config.type) ? config.delegatedRouters : []
  const protocols = config.overHttp ? [BITSWAP, GATEWAY] : [BITSWAP]
  return [
    ...(fixed.length > 0 ? [new StaticRouter(fixed)] : []),
    ...dhtRouters(libp2p, config),
    ...urls.map((url) => new DelegatedRouter(new URL(url), clock, { protocols }))
  ]
}

function dhtRouters(libp2p: Libp2p, config: RoutingConfig): Router[] {
  // An application may have brought content routing of its own.
  if (DHT_MODES[config.type] === undefined) return [libp2pRouter(libp2p)]
  const services = libp2p.services as Readonly<Record<string, KadDHT>>
  const addresses = (): string[] => libp2p.getMultiaddrs().map(String)
  const make = (
    dht: KadDHT | undefined,
    init: Pick<DhtRouterInit, 'name' | 'admits'>,
    protocol: string
  ): DhtRouter[] =>
    dht === undefined
      ? []
      : [new DhtRouter({ ...init, dht, addresses, hasPeers: () => hasPeers(libp2p, protocol, init.admits) })]
  const lan = { name: 'dht lan', admits: isLanAddress(config.loopbackOnLanDht) }
  return [
    ...make(services[LAN], lan, LAN_DHT_PROTOCOL),
    ...make(services[WAN], { name: 'dht wan', admits: isWanAddress }, WAN_DHT_PROTOCOL)
  ]
}

/** Whether a peer that is connected over an address of a DHT takes part in it. */
async function hasPeers(libp2p: Libp2p, protocol: string, admits: (address: string) => boolean): Promise<boolean> {
  for (const { remotePeer, remoteAddr } of libp2p.getConnections()) {
    if (!admits(remoteAddr.toString())) continue
    const known = await libp2p.peerStore.get(remotePeer).catch(() => undefined)
    if (known?.protocols.includes(protocol) === true) return true
  }
  return false
}

function libp2pRouter(libp2p: Libp2p): Router {
  const finder = new RoutingFinder(libp2p.contentRouting)
  return { name: 'libp2p', findProviders: (cid, options) => finder.findProviders(cid, options) }
}
