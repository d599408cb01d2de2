import * as z from 'zod'
import type { Encryption } from '../libp2p/libp2p-defaults.ts'
import { ADDRESS_KINDS, filterComplaint, peerAddressComplaint } from './address-kinds.ts'
import { connectionsSchema, toConnections, type ConnectionsConfig } from './connections-section.ts'
import { flag, known, section, texts } from './keys.ts'

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

const network = section({
  TCP: flag('TCP.', true),
  Websocket: flag('WebSocket.', true),
  QUIC: flag('QUIC; needs the package @chainsafe/libp2p-quic.', false),
  WebRTCDirect: flag('WebRTC without a server between; needs the package @libp2p/webrtc.', false),
  WebTransport: flag('Not served here: must not be true.', false),
  Relay: known(z.boolean({ error: 'true, false or null' }).optional(), {
    description: 'Connections through a relay, both ways.',
    form: 'flag',
    kind: 'true, false or null',
    rule: 'as Swarm.RelayClient.Enabled'
  })
}).superRefine((values, context) => {
  const wrong = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
  if (values.WebTransport) wrong('WebTransport', 'false: it is not served here')
  if (!(values.TCP || values.Websocket || values.QUIC || values.WebRTCDirect)) {
    wrong('TCP', 'true: no other transport is on')
  }
})

const security = section({
  TLS: priority('TLS', 100),
  Noise: priority('Noise', 200)
}).superRefine(({ TLS, Noise }, context) => {
  if (TLS !== false || Noise !== false) return
  context.addIssue({ code: 'custom', path: ['TLS'], message: 'a number or null: nothing else secures connections' })
})

const multiplexers = section({
  Yamux: priority('Yamux', 100).refine((value) => value !== false, {
    error: 'a number or null: there is no other multiplexer'
  })
})

export const swarmSchema = section({
  AddrFilters: texts('Neither dialled nor accepted.', ADDRESS_KINDS.filter, filterComplaint),
  ConnMgr: connectionsSchema,
  DisableNatPortMap: flag('Do not ask the router for a port by UPnP.', true),
  EnableHolePunching: flag('Turn relayed connections into direct ones.', false),
  RelayClient: section({
    Enabled: flag('Be reachable through relays.', false),
    StaticRelays: texts('Relays to use; empty: any that is found.', ADDRESS_KINDS.peer, peerAddressComplaint())
  }).prefault({}),
  Transports: section({
    Network: network.prefault({}),
    Security: security.prefault({}),
    Multiplexers: multiplexers.prefault({})
  }).prefault({})
})
  .superRefine(({ RelayClient, EnableHolePunching, Transports }, context) => {
    const wrong = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (RelayClient.Enabled && Transports.Network.Relay === false) {
      wrong(['RelayClient', 'Enabled'], 'false, or Swarm.Transports.Network.Relay not to be false')
    }
    if (EnableHolePunching && !RelayClient.Enabled) {
      wrong(['EnableHolePunching'], 'false, or Swarm.RelayClient.Enabled to be true: holes are punched by relays')
    }
  })
  .prefault({})

export function toSwarm(values: z.output<typeof swarmSchema>): SwarmConfig {
  const { Network, Security } = values.Transports
  const { Enabled, StaticRelays } = values.RelayClient
  return {
    transports: {
      tcp: Network.TCP,
      websocket: Network.Websocket,
      quic: Network.QUIC,
      webrtcDirect: Network.WebRTCDirect,
      relay: Network.Relay ?? Enabled
    },
    encryption: byPriority(Security),
    relayClient: { enabled: Enabled, staticRelays: StaticRelays },
    holePunching: values.EnableHolePunching,
    natPortMap: !values.DisableNatPortMap,
    addrFilters: values.AddrFilters,
    connections: toConnections(values.ConnMgr)
  }
}

/** Lower comes first; the figures are Kubo's. */
function byPriority({ TLS, Noise }: z.output<typeof security>): readonly Encryption[] {
  const wanted = [
    { name: 'tls', priority: TLS },
    { name: 'noise', priority: Noise }
  ] as const
  return wanted
    .filter(({ priority: value }) => value !== false)
    .toSorted((a, b) => Number(a.priority) - Number(b.priority))
    .map(({ name }) => name)
}

/** A priority is a number; `false` turns the thing off. */
function priority(name: string, missing: number) {
  const kind = 'a whole number, 1 or more, or false'
  const type = z.union([z.int().min(1), z.literal(false)], { error: kind }).default(missing)
  const description = `Priority of ${name}, lower first; false: not used.`
  return known(type, { description, form: 'json', kind, missing })
}
