import type { Encryption } from '../libp2p-defaults.ts'
import { readAddressFilters, readPeerAddresses } from './address-reader.ts'
import { readConnections, type ConnectionsConfig } from './connections-section.ts'
import type { ConfigReader } from './reader.ts'

/** `Swarm.Transports.Network`: what this peer listens with and dials with. */
export interface TransportsConfig {
  readonly tcp: boolean
  readonly websocket: boolean
  /** Needs the package `@chainsafe/libp2p-quic`. */
  readonly quic: boolean
  /** Needs the package `@libp2p/webrtc`. */
  readonly webrtcDirect: boolean
  /** Connections through a relay, both ways. */
  readonly relay: boolean
}

/** `Swarm`: how this peer is connected. Nothing that asks the neighbourhood for help is on unless the config says so. */
export interface SwarmConfig {
  readonly transports: TransportsConfig
  /** What secures a connection, most wanted first (`Swarm.Transports.Security`). */
  readonly encryption: readonly Encryption[]
  /** Be reachable through relays: these, or any that is found (`Swarm.RelayClient`). */
  readonly relayClient: { readonly enabled: boolean; readonly staticRelays: readonly string[] }
  /** Turn relayed connections into direct ones (`Swarm.EnableHolePunching`). */
  readonly holePunching: boolean
  /** Ask the router for a port by UPnP (`Swarm.DisableNatPortMap` set to `false`). */
  readonly natPortMap: boolean
  /** Neither dialled nor accepted (`Swarm.AddrFilters`). */
  readonly addrFilters: readonly string[]
  readonly connections: ConnectionsConfig
}

/** Lower comes first; the figures are Kubo's. */
const SECURITY: readonly { key: string; name: Encryption; priority: number }[] = [
  { key: 'TLS', name: 'tls', priority: 100 },
  { key: 'Noise', name: 'noise', priority: 200 }
]

export function readSwarm(config: ConfigReader): SwarmConfig {
  const swarm = config.section('Swarm')
  const relay = swarm.section('RelayClient')
  const relayClient = {
    enabled: relay.flag('Enabled', false),
    staticRelays: readPeerAddresses(relay, 'StaticRelays')
  }
  const holePunching = swarm.flag('EnableHolePunching', false)
  const transports = readTransports(swarm, relayClient.enabled)
  if (relayClient.enabled && !transports.relay) {
    throw relay.wrong('Enabled', 'false, or Swarm.Transports.Network.Relay not to be false')
  }
  if (holePunching && !relayClient.enabled) {
    throw swarm.wrong(
      'EnableHolePunching',
      'false, or Swarm.RelayClient.Enabled to be true: holes are punched by relays'
    )
  }
  return {
    transports,
    encryption: readEncryption(swarm),
    relayClient,
    holePunching,
    natPortMap: !swarm.flag('DisableNatPortMap', true),
    addrFilters: readAddressFilters(swarm, 'AddrFilters'),
    connections: readConnections(swarm)
  }
}

function readTransports(swarm: ConfigReader, relay: boolean): TransportsConfig {
  const network = swarm.section('Transports').section('Network')
  const transports = {
    tcp: network.flag('TCP', true),
    websocket: network.flag('Websocket', true),
    quic: network.flag('QUIC', false),
    webrtcDirect: network.flag('WebRTCDirect', false),
    relay: network.flag('Relay', relay)
  }
  if (network.flag('WebTransport', false)) throw network.wrong('WebTransport', 'false: it is not served here')
  const { tcp, websocket, quic, webrtcDirect } = transports
  if (!(tcp || websocket || quic || webrtcDirect)) {
    throw network.wrong('TCP', 'true: no other transport is on')
  }
  return transports
}

function readEncryption(swarm: ConfigReader): readonly Encryption[] {
  const transports = swarm.section('Transports')
  if (!isOn(transports.section('Multiplexers'), 'Yamux')) {
    throw transports.section('Multiplexers').wrong('Yamux', 'a number or null: there is no other multiplexer')
  }
  const security = transports.section('Security')
  const wanted = SECURITY.filter(({ key }) => isOn(security, key))
    .map(({ key, name, priority }) => ({ name, priority: security.integer(key, priority, { min: 1 }) }))
    .sort((a, b) => a.priority - b.priority)
    .map(({ name }) => name)
  if (wanted.length === 0) throw security.wrong('TLS', 'a number or null: nothing else secures connections')
  return wanted
}

/** A priority is a number; `false` turns the thing off. */
function isOn(section: ConfigReader, key: string): boolean {
  return !section.isFalse(key)
}
