import { normalize } from 'node:path'
import type * as z from 'zod'
import { excessLimits } from '../../policy/excess-limits.ts'
import { placeOfSpec } from '../../storage/storage-spec.ts'
import { meets, type SocketAddress } from '../libp2p/socket-address.ts'
import type { addressesSchema } from './addresses-section.ts'
import type { apiSchema } from './api-section.ts'
import type { gatewaySchema } from './gateway-section.ts'
import type { httpRetrievalSchema } from './http-retrieval-section.ts'
import { toLimits, type limitsSchema } from './limits-section.ts'
import { isReachable } from './loopback.ts'

interface Values {
  readonly Addresses: z.output<typeof addressesSchema>
  readonly API: z.output<typeof apiSchema>
  readonly Gateway: z.output<typeof gatewaySchema>
  readonly HTTPRetrieval: z.output<typeof httpRetrievalSchema>
  readonly Barter: {
    readonly Limits: z.output<typeof limitsSchema>
    readonly Blocks: string | readonly string[]
    readonly Metadata: string
    readonly Stores: Readonly<Record<string, unknown>>
  }
}

/** A key that contradicts another one, and what it should be because of that. */
type Complaint = readonly [path: readonly PropertyKey[], message: string]

/** What keys ask of each other: of each pair that contradicts itself, one is named with what the other one is. */
export function checkTogether(values: Values, context: z.core.$RefinementCtx): void {
  const complaints = [ofAccess, ofPorts, ofTimes, ofHosts, ofLimits, ofPlaces].flatMap((check) => check(values))
  for (const [path, message] of complaints) context.addIssue({ code: 'custom', path: [...path], message })
}

function ofAccess({ API, Addresses }: Values): readonly Complaint[] {
  if (API.RequireToken || !Addresses.API.some(isReachable)) return []
  return [[['API', 'RequireToken'], 'true, or Addresses.API on loopback alone: anybody could command this peer']]
}

/** What listens first has a port; who comes later would be told that another program has it. */
function ofPorts({ Addresses }: Values): readonly Complaint[] {
  const taken = new Map<string, SocketAddress>()
  const complaints: Complaint[] = []
  for (const key of ['Swarm', 'API', 'Gateway'] as const) {
    for (const address of Addresses[key]) {
      const socket = tcpOf(address)
      if (socket === undefined) continue
      const [other] = [...taken].find(([name, one]) => !name.startsWith(`${key} `) && meets(one, socket)) ?? []
      if (other === undefined) taken.set(`${key} ${address}`, socket)
      else
        complaints.push([
          ['Addresses', key],
          `another port than that of Addresses.${other.replace(' ', ', which is ')}`
        ])
    }
  }
  return complaints
}

function tcpOf(address: string): SocketAddress | undefined {
  const [, host = '', port] = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/u.exec(address) ?? []
  return port === undefined ? undefined : { transport: 'tcp', host, port: Number(port) }
}

function ofTimes({ Gateway }: Values): readonly Complaint[] {
  if (Gateway.RetrievalTimeout <= Gateway.MaxRequestDuration) return []
  const most = `${Gateway.MaxRequestDuration / 1_000}s`
  return [[['Gateway', 'RetrievalTimeout'], `${most} or less, which is Gateway.MaxRequestDuration`]]
}

function ofHosts({ HTTPRetrieval }: Values): readonly Complaint[] {
  const { Allowlist, Denylist } = HTTPRetrieval
  const both = Denylist.find((host) => Allowlist.includes(host))
  if (both === undefined) return []
  return [[['HTTPRetrieval', 'Denylist'], `hosts that are not in HTTPRetrieval.Allowlist, and ${both} is`]]
}

function ofLimits({ Barter: { Limits } }: Values): readonly Complaint[] {
  const { rates, peers } = toLimits(Limits)
  return excessLimits(rates, peers).map(({ way, index, most }) => {
    const key = way === 'upload' ? 'Upload' : 'Download'
    const path = index === undefined ? [`${key}PerPeer`] : ['Peers', index, key]
    return [['Barter', 'Limits', ...path], `${most} or less, which is Barter.Limits.${key}`]
  })
}

/** Each store needs a directory of its own. */
function ofPlaces({ Barter: { Blocks, Metadata, Stores } }: Values): readonly Complaint[] {
  const all: readonly (readonly [string, unknown])[] = [
    ...[Blocks].flat().map((spec) => ['Blocks', spec] as const),
    ['Metadata', Metadata],
    ...Object.entries(Stores).map(([name, spec]) => [`Stores.${name}`, spec] as const)
  ]
  const taken = new Map<string, string>()
  return all.flatMap(([key, spec]): readonly Complaint[] => {
    const place = typeof spec === 'string' ? normalize(placeOfSpec(spec).replace(/^[^:]*:/u, '')) : '.'
    if (place === '.') return []
    const other = taken.get(place)
    taken.set(place, other ?? key)
    if (other === undefined) return []
    return [[['Barter', ...key.split('.')], `another directory than that of Barter.${other}, which is ${place}`]]
  })
}
