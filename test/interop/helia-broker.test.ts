import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it, onTestFinished } from 'vitest'
import { blockOf } from '../../src/testing/sample-blocks.ts'
import { add, type BarterNode, cat, content, get, startBarterNode } from '../helia/helia-nodes.ts'
import { KuboDaemon } from './kubo/kubo-daemon.ts'
import { asPeer, kubo, type KuboPeer } from './kubo/kubo-kind.ts'
import { field, type KuboRpc } from './kubo/kubo-rpc.ts'
import { until } from './patience.ts'
import { whyNot } from './required.ts'
import { fresh } from './stage.ts'

const MIB = 1024 * 1024

interface Pair {
  readonly helia: BarterNode
  readonly peer: KuboPeer
  readonly rpc: KuboRpc
}

/** A Helia node with Barter, and Kubo; not connected. */
async function pair(): Promise<Pair> {
  const [helia, daemon] = await Promise.all([startBarterNode(), KuboDaemon.start()])
  onTestFinished(() => daemon.stop())
  return { helia, peer: await asPeer(daemon), rpc: daemon.rpc }
}

/** Kubo dials; resolves when each knows that the other trades. */
async function meet({ helia, peer }: Pair): Promise<void> {
  const [address] = helia.libp2p.getMultiaddrs()
  await peer.connect(String(address))
  await until(() => helia.bitswap.stat().partners.some((id) => id === peer.id), 'Helia knows that Kubo trades')
  const own = helia.libp2p.peerId.toString()
  await until(async () => (await peer.partners()).includes(own), 'Kubo knows that Helia trades')
}

const reason = await whyNot(kubo)

describe.skipIf(reason !== undefined)(`a Helia node with Barter, and Kubo (${reason ?? 'here'})`, () => {
  it.each([true, false])('Helia reads a file that was added to Kubo (in a session: %s)', async (session) => {
    const both = await pair()
    const { helia, peer, rpc } = both
    const file = content(10 * MIB)
    const added = await rpc.json('add', { files: [file], options: { 'cid-version': 1 } })
    await meet(both)
    expect((await cat(helia, field(added, 'Hash'), { session })).equals(file)).toBe(true)
    const { blocksReceived, dupBlocksReceived, dataReceived } = helia.bitswap.stat()
    expect({ blocksReceived, dupBlocksReceived }).toEqual({ blocksReceived: 41, dupBlocksReceived: 0 })
    const booked = async (): Promise<number> => {
      return (await peer.ledgerWith(helia.libp2p.peerId.toString()))?.bytesSent ?? 0
    }
    await until(async () => (await booked()) === dataReceived, 'Kubo has booked what it gave, to the byte')
    expect(helia.bitswap.ledger(peer.id)).toMatchObject({ bytesReceived: dataReceived, bytesSent: 0 })
  })

  it('Kubo reads a file that was added to Helia', async () => {
    const both = await pair()
    const { helia, peer, rpc } = both
    const file = content(10 * MIB)
    const root = await add(helia, { content: file })
    await meet(both)
    const read = await rpc.bytes('cat', { args: [root.toString()], options: { timeout: '60s' } })
    expect(file.equals(read)).toBe(true)
    const gave = (): number => helia.bitswap.ledger(peer.id)?.bytesSent ?? 0
    await until(() => gave() > file.byteLength, 'Helia has booked what it gave')
    expect((await peer.ledgerWith(helia.libp2p.peerId.toString()))?.bytesReceived).toBe(gave())
  })

  it('Kubo gets a block that it wanted before Helia had it', async () => {
    const both = await pair()
    const { helia, peer } = both
    await meet(both)
    const [bytes] = fresh(1, 50_000)
    if (bytes === undefined) throw new Error('one block')
    const { cid } = blockOf(bytes)
    const wanted = peer.get(cid)
    await until(() => helia.bitswap.wantlistOf(peer.id).length > 0, 'the want of Kubo stands')
    await helia.blockstore.put(cid, bytes)
    expect(Buffer.from(bytes).equals(await wanted)).toBe(true)
  })

  it('Helia reads a block of a Kubo that is named, and tells of it', async () => {
    const { helia, peer } = await pair()
    const [bytes] = fresh(1, 50_000)
    if (bytes === undefined) throw new Error('one block')
    const cid = await peer.put(bytes)
    const heard: string[] = []
    const providers = [peer.addresses.map((address) => multiaddr(address))]
    const read = await get(helia, cid, { providers, onProgress: ({ type }) => heard.push(type) })
    expect(Buffer.from(bytes).equals(read)).toBe(true)
    expect(heard).toEqual(
      expect.arrayContaining(
        ['connect', 'connected', 'request-block', 'receive-block'].map((it) => `helia:block-broker:${it}`)
      )
    )
  })
})
