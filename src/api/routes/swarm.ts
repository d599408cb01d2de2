import { ApiError } from '../api-error.ts'
import type { PeerService, SwarmPeer } from '../peer-service.ts'
import { flag, json, lines, type Call, type Route } from '../route.ts'

const ADDRESS_ARG = { name: 'address', min: 1, many: true } as const

const PEERS_OPTIONS = [
  { name: 'verbose', also: ['v'], type: 'bool' },
  { name: 'streams', type: 'bool' },
  { name: 'latency', type: 'bool' },
  { name: 'direction', type: 'bool' },
  { name: 'identify', type: 'bool' }
] as const

export const SWARM_ROUTES: readonly Route[] = [
  {
    path: 'swarm/connect',
    arg: ADDRESS_ARG,
    run: async (service, call) => {
      const strings: string[] = []
      for (const address of call.args) {
        const { peer, error } = await service.swarmConnect(address, { signal: call.signal })
        if (error !== undefined) throw new ApiError('command', `connect ${peer} failure: ${error}`)
        strings.push(`connect ${peer} success`)
      }
      return json({ Strings: strings })
    }
  },
  {
    path: 'swarm/disconnect',
    arg: ADDRESS_ARG,
    run: async (service, call) => {
      const strings: string[] = []
      for (const address of call.args) {
        const { peer, error } = await service.swarmDisconnect(address, { signal: call.signal })
        strings.push(`disconnect ${peer} ${error === undefined ? 'success' : `failure: ${error}`}`)
      }
      return json({ Strings: strings })
    }
  },
  {
    path: 'swarm/peers',
    options: PEERS_OPTIONS,
    run: async (service, call) => {
      const peers = [...(await service.swarmPeers())].sort((a, b) => (a.address < b.address ? -1 : 1))
      return json({ Peers: peers.length === 0 ? null : peers.map((peer) => peerJson(peer, call)) })
    }
  },
  {
    path: 'swarm/addrs',
    run: async (service) => json({ Addrs: Object.fromEntries(await service.swarmAddresses()) })
  },
  {
    path: 'swarm/addrs/local',
    options: [{ name: 'id', type: 'bool' }],
    run: async (service, call) =>
      json({ Strings: [...(await service.swarmLocalAddresses({ id: flag(call, 'id') }))].sort() })
  },
  {
    path: 'swarm/addrs/listen',
    run: async (service) => json({ Strings: [...(await service.swarmListenAddresses())].sort() })
  },
  {
    path: 'swarm/peering/add',
    arg: ADDRESS_ARG,
    run: (service, call) => lines(changeKept(service, call, 'peeringAdd'))
  },
  {
    path: 'swarm/peering/ls',
    run: async (service) => {
      const kept = (await service.peeringList()).map(({ peer, addresses }) => ({ ID: peer, Addrs: addresses }))
      return json({ Peers: kept })
    }
  },
  {
    path: 'swarm/peering/rm',
    arg: { name: 'ID', min: 1, many: true },
    run: (service, call) => lines(changeKept(service, call, 'peeringRemove'))
  }
]

async function* changeKept(service: PeerService, call: Call, change: 'peeringAdd' | 'peeringRemove') {
  for (const arg of call.args) yield { ID: (await service[change](arg)).peer, Status: 'success' }
}

function peerJson(peer: SwarmPeer, call: Call): unknown {
  const verbose = flag(call, 'verbose')
  return {
    Addr: peer.address,
    Peer: peer.peer,
    ...(verbose || flag(call, 'latency') ? { Latency: latencyText(peer.latencyMs) } : {}),
    ...(verbose || flag(call, 'direction') ? { Direction: peer.direction === 'inbound' ? 1 : 2 } : {}),
    ...(verbose || flag(call, 'streams') ? { Streams: peer.streams.map((Protocol) => ({ Protocol })) } : {}),
    Identify: { ID: '', PublicKey: '', Addresses: null, AgentVersion: '', Protocols: null }
  }
}

function latencyText(latencyMs: number | undefined): string {
  return latencyMs === undefined ? 'n/a' : `${Number(latencyMs.toFixed(3))}ms`
}
