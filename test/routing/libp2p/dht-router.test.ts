import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../../src/ids.ts'
import type { Provider } from '../../../src/ports.ts'
import { admitProvider } from '../../../src/routing/admit-provider.ts'
import { eventually } from '../../support/eventually.ts'
import { cid } from '../../support/names.ts'
import { insideOf, joinDht, startDhtNode, type DhtNode } from './dht-nodes.ts'

async function providersOf(node: DhtNode, name: string): Promise<Provider[]> {
  const found: Provider[] = []
  const signal = AbortSignal.timeout(10_000)
  for await (const provider of node.router.findProviders(cid(name), { signal })) found.push(provider)
  return found
}

describe('DhtRouter, with three peers of one network', () => {
  it('one provides, another finds it through the third, with its addresses', async () => {
    const [middle, giver, seeker] = [await startDhtNode(), await startDhtNode(), await startDhtNode('client')]
    await joinDht(middle, giver, seeker)
    expect(await giver.router.provide(cid('a'))).toBe(1)
    const id = toPeerId(giver.node.peerId)
    const found = (await providersOf(seeker, 'a')).map(admitProvider)
    const addresses = giver.node.getMultiaddrs().map((address) => address.toString().split('/p2p/')[0])
    expect(found).toEqual([{ peer: id, addresses }])
    expect(await providersOf(seeker, 'b')).toEqual([])
    expect(await seeker.router.findPeer(id)).toMatchObject({ peer: id })
  })

  it('a peer that is known here without an address is asked for', async () => {
    const [hub, sought, seeker] = await Promise.all([startDhtNode(), startDhtNode(), startDhtNode()])
    await joinDht(hub, sought, seeker)
    await seeker.node.peerStore.save(sought.node.peerId, { multiaddrs: [], protocols: ['/ipfs/bitswap/1.2.0'] })
    const found = await seeker.router.findPeer(toPeerId(sought.node.peerId))
    const addresses = sought.node.getMultiaddrs().map((address) => address.toString().split('/p2p/')[0])
    expect(found).toEqual({ peer: toPeerId(sought.node.peerId), addresses })
  })

  it('a peer that is alone finds nobody, at once, and cannot provide', async () => {
    const alone = await startDhtNode()
    expect(await providersOf(alone, 'a')).toEqual([])
    await expect(alone.router.provide(cid('a'))).rejects.toThrow('there is nobody to hand the record to')
    expect(await alone.router.findPeer(toPeerId('12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'))).toBe(
      undefined
    )
  })

  it('a record taken back is no longer given out', async () => {
    const [giver, seeker] = [await startDhtNode(), await startDhtNode()]
    await joinDht(giver, seeker)
    await giver.router.provide(cid('a'))
    expect((await providersOf(giver, 'a')).length).toBe(1)
    await giver.router.withdraw(cid('a'))
    await giver.router.withdraw(cid('a'))
    expect((await insideOf(giver.dht).providers.getProviders(cid('a'))).length).toBe(0)
  })

  it('loopback addresses are of this machine: without leave they are neither told nor heard', async () => {
    const [giver, seeker] = [await startDhtNode('auto', false), await startDhtNode('auto', false)]
    await seeker.node.dial(giver.node.getMultiaddrs())
    await eventually(() => giver.node.getPeers().length > 0, 'the giver knows of it')
    await expect(giver.router.provide(cid('a'))).rejects.toThrow(
      'no address at which the others of this DHT could reach it'
    )
  })

  it('a neighbour that was hung up on is not dialled again on account of the DHT', async () => {
    const [one, other] = [await startDhtNode(), await startDhtNode()]
    await joinDht(one, other)
    await insideOf(one.dht).routingTable.closestPeerTagger.updatePeerTags()
    const { tags } = await one.node.peerStore.get(other.node.peerId)
    expect([...tags.keys()].filter((name) => name.startsWith('keep-alive'))).toEqual([])
    expect(tags.has('kad-close')).toBe(true)
  })
})
