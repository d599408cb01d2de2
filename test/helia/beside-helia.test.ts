import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { block } from '../support/live-peer.ts'
import {
  add,
  type BarterNode,
  cat,
  connect,
  content,
  get,
  type HeliaNode,
  startBarterNode,
  startHeliaNode
} from './helia-nodes.ts'

const FILE = content(3 * 1024 * 1024)

async function pair(): Promise<readonly [BarterNode, HeliaNode]> {
  const nodes = [await startBarterNode(), await startHeliaNode()] as const
  await connect(...nodes)
  return nodes
}

describe('a Helia node with Barter beside one with the bitswap of Helia', () => {
  it.each([true, false])('reads what the other has (in a session: %s)', async (session) => {
    const [barter, helia] = await pair()
    const root = await add(helia, { content: FILE })
    expect((await cat(barter, root, { session })).equals(FILE)).toBe(true)
    expect(barter.bitswap.stat()).toMatchObject({ blocksReceived: 13, dupBlocksReceived: 0, unwantedBlocksReceived: 0 })
  })

  it.each([true, false])('is read by the other (in a session: %s)', async (session) => {
    const [barter, helia] = await pair()
    const root = await add(barter, { content: FILE })
    const providers = [barter.libp2p.getMultiaddrs()]
    const source = session ? helia.blockstore.createSession(root, { providers }) : helia.blockstore
    expect((await cat({ ...helia, blockstore: source } as HeliaNode, root, { session: false })).equals(FILE)).toBe(true)
    await eventually(() => barter.bitswap.ledgers()[0]?.exchanges === 13, 'every block is in the ledger, once')
  })

  it('gives it a block that it wanted before it was put', async () => {
    const [barter, helia] = await pair()
    const { cid, bytes } = block(10_000)
    const wanted = get(helia, cid)
    await eventually(() => barter.bitswap.wantlistOf(helia.libp2p.peerId).length === 1, 'the want stands')
    await barter.blockstore.put(cid, bytes)
    expect(await wanted).toEqual(Buffer.from(bytes))
  })
})
