import { ApiError } from '../api-error.ts'
import type { IdInfo } from '../service/id-info.ts'
import type { PeerService, SwarmPeer } from '../service/peer-service.ts'
import { flag, json, lines, type Call, type Route } from '../server/route.ts'

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
    options: [{ name: 'any-peer', type: 'bool' }],
    run: async (service, call) => {
      const strings: string[] = []
      const options = { signal: call.signal, anyPeer: flag(call, 'any-peer') }
      for (const address of call.args) {
        const { peer, error } = await service.swarmConnect(address, options)
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
      const told = shows(call, 'identify') ? await service.network.identify() : new Map<string, IdInfo>()
      return json({
        Peers: peers.length === 0 ? null : peers.map((peer) => peerJson(peer, call, told.get(peer.peer)))
      })
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

/** `verbose` shows all that can be asked for one by one. */
function shows(call: Call, option: string): boolean {
  return flag(call, 'verbose') || flag(call, option)
}

function peerJson(peer: SwarmPeer, call: Call, told: IdInfo | undefined): unknown {
  return {
    Addr: peer.address,
    Peer: peer.peer,
    ...(shows(call, 'latency') ? { Latency: latencyText(peer.latencyMs) } : {}),
    ...(shows(call, 'direction') ? { Direction: peer.direction === 'inbound' ? 1 : 2 } : {}),
    ...(shows(call, 'streams') ? { Streams: peer.streams.map((Protocol) => ({ Protocol })) } : {}),
    Identify: {
      ID: told?.id ?? '',
      PublicKey: told?.publicKey ?? '',
      Addresses: orNull(told?.addresses),
      AgentVersion: told?.agentVersion ?? '',
      Protocols: orNull(told?.protocols)
    }
  }
}

function orNull(list: readonly string[] = []): readonly string[] | null {
  return list.length === 0 ? null : list
}

function latencyText(latencyMs: number | undefined): string {
  return latencyMs === undefined ? 'n/a' : `${Number(latencyMs.toFixed(3))}ms`
}
