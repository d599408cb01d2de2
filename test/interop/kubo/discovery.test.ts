/** Kubo and Barter find each other's blocks by the DHT of their network, through a third peer that both know. */
import { randomBytes } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import type { Peer } from '../../../src/node/peer.ts'
import { until } from '../patience.ts'
import { field, list, type KuboRpc } from './kubo-rpc.ts'
import { connect, type Kubo, startKubo, startPeer, withKubo } from './play-kubo.ts'

/** Type of a message of `routing findprovs` that names providers, as Kubo numbers them. */
const PROVIDER = '4'

const ROUTING = { Routing: { Type: 'dht', LoopbackAddressesOnLanDHT: true } }

interface Three {
  readonly barter: Peer
  readonly us: string
  readonly kubo: Kubo
}

/** Barter and one Kubo, each connected to another Kubo alone. */
async function startThree(provide: 'all' | 'none'): Promise<Three> {
  const [barter, kubo, hub] = await Promise.all([
    startPeer({ config: { ...ROUTING, Provide: { Strategy: provide, Enabled: provide === 'all' } } }),
    startKubo({ routing: 'dht' }),
    startKubo({ routing: 'dht' })
  ])
  await connect(barter, hub)
  await kubo.peer.connect(hub.peer.addresses[0] ?? '')
  const us = barter.libp2p.peerId.toString()
  for (const id of [us, kubo.peer.id]) {
    await until(async () => (await lanTable(hub.rpc)).includes(id), 'the hub takes it for a server of the DHT')
  }
  return { barter, us, kubo }
}

/** The peers in the routing table of Kubo's LAN DHT. */
async function lanTable(rpc: KuboRpc): Promise<string[]> {
  const tables = await rpc.lines('stats/dht', { args: ['lan'] })
  const buckets = tables.flatMap((table) => list(table, 'Buckets'))
  return buckets.flatMap((bucket) => list(bucket, 'Peers')).map((peer) => field(peer, 'ID'))
}

async function providersByKubo(rpc: KuboRpc, cid: string): Promise<string[]> {
  const options = { 'num-providers': 1, timeout: '20s' }
  const messages = await rpc.lines('routing/findprovs', { args: [cid], options })
  const found = messages.filter((message) => field(message, 'Type') === PROVIDER)
  return found.flatMap((message) => list(message, 'Responses')).map((response) => field(response, 'ID'))
}

async function providersByBarter(barter: Peer, cid: string): Promise<string[]> {
  const found: string[] = []
  for await (const event of barter.service.routing.findProviders(cid, { count: 1 })) {
    if (event.type === 'provider') found.push(event.peer.id)
  }
  return found
}

await withKubo('Discovery between Kubo and Barter', () => {
  it('Barter finds and fetches what Kubo provides', async () => {
    const { barter, us, kubo } = await startThree('none')
    const cid = await kubo.peer.put(randomBytes(20_000))
    await kubo.rpc.lines('routing/provide', { args: [cid.toString()] })
    await until(async () => (await providersByBarter(barter, cid.toString())).includes(kubo.peer.id), 'it is found')
    expect((await barter.bitswap.get(cid)).byteLength).toBe(20_000)
    expect(barter.bitswap.ledger(kubo.peer.id)).toMatchObject({ bytesReceived: 20_000, bytesSent: 0 })
    await until(async () => (await kubo.peer.ledgerWith(us))?.bytesSent === 20_000, 'Kubo has booked it')
  })

  it('Kubo finds and fetches what Barter provides when it is told to', async () => {
    const { barter, us, kubo } = await startThree('none')
    const { cid } = await barter.service.blockPut(randomBytes(20_000))
    const taken: string[] = []
    for await (const event of barter.service.routing.provide([cid])) taken.push(event.type)
    expect(taken).toContain('final-peer')
    expect(await providersByKubo(kubo.rpc, cid)).toEqual([us])
    expect((await kubo.peer.get(CID.parse(cid))).byteLength).toBe(20_000)
    await until(() => barter.bitswap.ledger(kubo.peer.id)?.bytesSent === 20_000, 'Barter has booked it')
  })

  it('Kubo finds what Barter provides by itself', async () => {
    const { barter, us, kubo } = await startThree('all')
    const { cid } = await barter.service.blockPut(randomBytes(20_000))
    await until(async () => (await providersByKubo(kubo.rpc, cid)).includes(us), 'it is found')
  })

  it('each finds where the other is', async () => {
    const { barter, us, kubo } = await startThree('none')
    const ours = await kubo.rpc.lines('routing/findpeer', { args: [us], options: { timeout: '20s' } })
    const addresses = ours.flatMap((message) => list(message, 'Responses')).flatMap((peer) => list(peer, 'Addrs'))
    expect(addresses).toEqual(expect.arrayContaining([...(await barter.service.swarmListenAddresses())]))
    const theirs = await barter.service.routing.findPeer(kubo.peer.id)
    const known = theirs.addresses.map((address) => `${address}/p2p/${theirs.id}`)
    expect(known).toEqual(expect.arrayContaining([...kubo.peer.addresses]))
  })
})
