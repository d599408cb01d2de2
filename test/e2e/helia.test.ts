import { describe, expect, it } from 'vitest'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { eventually } from '../support/eventually.ts'
import { type HeliaPeer, meet, startHelia } from '../support/helia-peer.ts'
import {
  block,
  blocks,
  fetchAll,
  type LivePeer,
  type LivePeerInit,
  openStreams,
  startLivePeer,
  worth
} from '../support/live-peer.ts'

const MIB = 1024 * 1024

async function barterAndHelia(
  init: LivePeerInit = {},
  options: Parameters<typeof startHelia>[0] = {}
): Promise<readonly [LivePeer, HeliaPeer]> {
  const pair = [await startLivePeer(init), await startHelia(options)] as const
  await meet(...pair)
  return pair
}

/** Barter's ledger with Helia, to the byte. Helia shows no ledger of its own. */
async function expectLedger(
  barter: LivePeer,
  helia: HeliaPeer,
  { gave = [], got = [] }: { readonly gave?: readonly SampleBlock[]; readonly got?: readonly SampleBlock[] }
): Promise<void> {
  const exchanges = gave.length + got.length
  const ledger = (): ReturnType<LivePeer['bitswap']['ledger']> => barter.bitswap.ledger(helia.id)
  await eventually(() => (ledger()?.exchanges ?? 0) >= exchanges, `${exchanges} blocks are in the ledger`)
  expect(ledger()).toMatchObject({ bytesSent: worth(gave).bytes, bytesReceived: worth(got).bytes, exchanges })
}

function expectSame(bytes: readonly Uint8Array[], wanted: readonly SampleBlock[]): void {
  expect(bytes.map((each, i) => Buffer.from(each).equals(wanted[i]?.bytes ?? Buffer.of()))).toEqual(
    wanted.map(() => true)
  )
}

const SHAPES: readonly (readonly [string, readonly SampleBlock[]])[] = [
  ['one block', [block(10_000)]],
  ['64 blocks', blocks(64, 16_000)],
  ['64 small blocks', blocks(64, 500, 100)],
  ['a block of 2 MiB', [block(2 * MIB)]]
]

describe('Helia fetches from Barter', () => {
  it.each(SHAPES)('%s', async (_name, all) => {
    const [barter, helia] = await barterAndHelia()
    await barter.has(all)
    expectSame(await Promise.all(all.map(({ cid }) => helia.get(cid))), all)
    await expectLedger(barter, helia, { gave: all })
    expect(barter.bitswap.stat()).toMatchObject({ blocksSent: all.length, blocksReceived: 0, faults: 0 })
  })

  it.each(SHAPES)('%s, in a session', async (_name, all) => {
    const barter = await startLivePeer()
    const helia = await startHelia()
    await barter.has(all)
    const cids = all.map(({ cid }) => cid)
    expectSame(await helia.getInSession(cids, barter.addresses), all)
    await expectLedger(barter, helia, { gave: all })
  })

  it('a block that is stored only after it was wanted', async () => {
    const [barter, helia] = await barterAndHelia()
    const one = block(30_000)
    const wanted = helia.get(one.cid)
    await eventually(() => barter.bitswap.wantlistOf(helia.id).length === 1, 'the want of Helia stands')
    await barter.bitswap.put(one.cid, one.bytes)
    expectSame([await wanted], [one])
    await expectLedger(barter, helia, { gave: [one] })
  })

  it('a block that Barter itself has still to fetch from another', async () => {
    const [barter, helia] = await barterAndHelia()
    const origin = await startHelia()
    const one = block(30_000)
    const wanted = helia.get(one.cid)
    await eventually(() => barter.bitswap.wantlistOf(helia.id).length === 1, 'the want of Helia stands')
    origin.has([one])
    await barter.bitswap.get(one.cid, { providers: origin.addresses })
    expectSame([await wanted], [one])
    await expectLedger(barter, helia, { gave: [one] })
    await expectLedger(barter, origin, { got: [one] })
  })
})

describe('Barter fetches from Helia', () => {
  it.each(SHAPES)('%s', async (_name, all) => {
    const [barter, helia] = await barterAndHelia()
    helia.has(all)
    const from = await fetchAll(barter, all)
    expect(from).toEqual(new Map([[helia.id, worth(all).bytes]]))
    await expectLedger(barter, helia, { got: all })
    const { blocksReceived, dupBlocksReceived, unwantedBlocksReceived, faults } = barter.bitswap.stat()
    expect({ blocksReceived, dupBlocksReceived, unwantedBlocksReceived, faults }).toEqual({
      blocksReceived: all.length,
      dupBlocksReceived: 0,
      unwantedBlocksReceived: 0,
      faults: 0
    })
  })

  it('a block by an address that the caller names', async () => {
    const barter = await startLivePeer()
    const helia = await startHelia()
    const one = block(10_000)
    helia.has([one])
    expectSame([await barter.bitswap.get(one.cid, { providers: helia.addresses })], [one])
    await expectLedger(barter, helia, { got: [one] })
  })

  // Helia's `put` tells its partners before it stores, finds nothing to send then, and does not look again. A peer that
  // waits for its word waits for ever; Barter asks anew when the "dont-have" has grown old.
  it('a block that is stored only after it was wanted', async () => {
    const [barter, helia] = await barterAndHelia({
      options: { peers: { dontHaveTtlMs: 50 }, session: { providerSearchDelayMs: 20 } }
    })
    const one = block(30_000)
    const wanted = barter.bitswap.get(one.cid)
    await eventually(() => barter.bitswap.stat().messagesReceived > 0, 'Helia has said that it does not have it')
    await helia.put(one)
    expectSame([await wanted], [one])
    await expectLedger(barter, helia, { got: [one] })
  })
})

describe('Barter and Helia', () => {
  it('trade both ways at once', async () => {
    const [barter, helia] = await barterAndHelia()
    const [mine, theirs] = [blocks(64, 16_000), blocks(64, 12_000, 1_000)]
    await barter.has(mine)
    helia.has(theirs)
    const [toHelia] = await Promise.all([Promise.all(mine.map(({ cid }) => helia.get(cid))), fetchAll(barter, theirs)])
    expectSame(toHelia, mine)
    await expectLedger(barter, helia, { gave: mine, got: theirs })
    expect(barter.bitswap.wantlist()).toEqual([])
    // Helia opens a stream for each message; of all these only the one that Barter keeps is left.
    await eventually(() => openStreams(barter) <= 1, 'the streams of Helia are freed')
  })

  it('trade again after Helia has reset the stream for being quiet', async () => {
    const [barter, helia] = await barterAndHelia({}, { messageReceiveTimeout: 100 })
    const theirs = blocks(30, 12_000)
    helia.has(theirs)
    for (let round = 0; round < 3; round++) {
      await fetchAll(barter, theirs.slice(round * 10, round * 10 + 10))
      await eventually(() => openStreams(barter) === 0, 'Helia has reset the stream')
    }
    await expectLedger(barter, helia, { got: theirs })
    expect(barter.bitswap.stat()).toMatchObject({ blocksReceived: 30, faults: 0 })
  })

  it('trade again after they lost each other', async () => {
    const [barter, helia] = await barterAndHelia()
    const [mine, theirs] = [blocks(10, 16_000), blocks(10, 12_000, 1_000)]
    await barter.has(mine)
    helia.has(theirs)
    for (let round = 0; round < 2; round++) {
      const half = [round * 5, round * 5 + 5] as const
      const [asked, given] = [theirs.slice(...half), mine.slice(...half)]
      await fetchAll(barter, asked)
      expectSame(await Promise.all(given.map(({ cid }) => helia.get(cid))), given)
      if (round === 1) break
      await helia.node.hangUp(barter.node.peerId)
      await eventually(() => barter.bitswap.stat().partners.length === 0, 'Barter knows that Helia is gone')
      await meet(barter, helia)
    }
    await expectLedger(barter, helia, { gave: mine, got: theirs })
  })
})
