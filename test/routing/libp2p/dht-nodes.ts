/** libp2p nodes on loopback that take part in the DHT of their network. */
import type { Libp2p } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { createLibp2p } from 'libp2p'
import type { CID } from 'multiformats/cid'
import { onTestFinished } from 'vitest'
import { libp2pDefaults } from '../../../src/node/libp2p/libp2p-defaults.ts'
import { systemClock } from '../../../src/node/system-clock.ts'
import { DhtRouter } from '../../../src/routing/libp2p/dht-router.ts'
import { isLanAddress, lanDht, type DhtMode } from '../../../src/routing/libp2p/dht-services.ts'
import { eventually } from '../../support/eventually.ts'

export interface DhtNode {
  readonly node: Libp2p
  readonly dht: KadDHT
  readonly router: DhtRouter
}

/** Stopped at the end of the test. */
export async function startDhtNode(mode: DhtMode = 'auto', loopback = true): Promise<DhtNode> {
  const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
  const lan = lanDht({ mode, loopback, clock: systemClock })
  const node = await createLibp2p({ ...defaults, services: { ...defaults.services, lan } })
  onTestFinished(() => node.stop())
  const dht = node.services.lan
  const addresses = (): string[] => node.getMultiaddrs().map(String)
  const hasPeers = (): Promise<boolean> => Promise.resolve(node.getPeers().length > 0)
  const init = { name: 'dht lan', dht, admits: isLanAddress(loopback), addresses, hasPeers }
  return { node, dht, router: new DhtRouter(init) }
}

/** Connects each to the first; resolves when all servers know each other. */
export async function joinDht(first: DhtNode, ...others: readonly DhtNode[]): Promise<void> {
  for (const { node } of others) await node.dial(first.node.getMultiaddrs())
  for (const { dht } of others) await eventually(() => sizeOf(dht) > 0, 'a peer is in the routing table')
  await eventually(
    () => sizeOf(first.dht) >= others.filter(({ dht }) => dht.getMode() === 'server').length,
    'all are known'
  )
}

function sizeOf(dht: KadDHT): number {
  return insideOf(dht).routingTable.size
}

/** What the type of the DHT keeps to itself. */
export function insideOf(dht: KadDHT): {
  readonly routingTable: { readonly size: number; readonly closestPeerTagger: { updatePeerTags(): Promise<void> } }
  readonly providers: { getProviders(cid: CID): Promise<readonly unknown[]> }
} {
  return dht as never
}
