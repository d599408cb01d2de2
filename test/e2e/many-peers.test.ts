import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import {
  block,
  blocks,
  connect,
  expectLedgers,
  expectNoWants,
  fetchAll,
  type LivePeer,
  sizeOf,
  startLivePeer,
  worth
} from '../support/live-peer.ts'
import { GatedBlockstore } from '../support/gated-blockstore.ts'

const KIB = 1024

async function fetcherWith(count: number): Promise<{ readonly fetcher: LivePeer; readonly holders: LivePeer[] }> {
  const fetcher = await startLivePeer()
  const holders: LivePeer[] = []
  for (let i = 0; i < count; i++) {
    const holder = await startLivePeer()
    await connect(fetcher, holder)
    holders.push(holder)
  }
  return { fetcher, holders }
}

/** What all holders say they sent is what the fetcher says it received, wanted or twice. */
async function expectSentToBeReceived(fetcher: LivePeer, holders: readonly LivePeer[]): Promise<void> {
  const sent = (): number => holders.reduce((sum, { bitswap }) => sum + (bitswap.ledger(fetcher.id)?.bytesSent ?? 0), 0)
  await eventually(() => sent() === fetcher.bitswap.stat().dataReceived, 'all that was received is booked as sent')
}

/** Bytes that arrived, without second copies. One that comes when nothing is wanted any more is dropped unseen. */
function onceEach({ bitswap }: LivePeer): number {
  const { dataReceived, dupDataReceived, unwantedDataReceived } = bitswap.stat()
  return dataReceived - dupDataReceived - unwantedDataReceived
}

describe('several providers over libp2p', () => {
  it('share the work, with hardly a block sent twice', async () => {
    const { fetcher, holders } = await fetcherWith(3)
    const all = blocks(600, 32 * KIB)
    for (const holder of holders) await holder.has(all)
    const from = await fetchAll(fetcher, all)
    for (const holder of holders) {
      expect(from.get(holder.id) ?? 0).toBeGreaterThan(0)
      expect(fetcher.bitswap.ledger(holder.id)?.bytesReceived).toBe(from.get(holder.id))
      await expectNoWants(fetcher, holder)
    }
    await expectSentToBeReceived(fetcher, holders)
    expect(fetcher.bitswap.stat().blocksReceived / all.length).toBeLessThanOrEqual(1.05)
    expect(fetcher.bitswap.stat().faults).toBe(0)
    expect(onceEach(fetcher)).toBe(sizeOf(all))
  })

  it('each give what only they have', async () => {
    const { fetcher, holders } = await fetcherWith(3)
    const shares = holders.map((_, i) => blocks(100, 10_000, i * 1_000))
    for (const [i, holder] of holders.entries()) await holder.has(shares[i] ?? [])
    const from = await fetchAll(fetcher, shares.flat())
    for (const [i, holder] of holders.entries()) {
      expect(from.get(holder.id)).toBe(1_000_000)
      await expectLedgers(holder, fetcher, worth(shares[i] ?? []))
    }
    expect(fetcher.bitswap.stat().blocksReceived).toBe(300)
  })

  it('go on when one of them leaves in the middle', async () => {
    const { fetcher, holders } = await fetcherWith(3)
    const all = blocks(600, 32 * KIB)
    for (const holder of holders) await holder.has(all)
    const [leaver, ...others] = holders
    if (leaver === undefined) throw new Error('no holder')
    let left: Promise<void> | undefined
    const onProgress = ({ type, detail }: { readonly type: string; readonly detail: unknown }): void => {
      if (left === undefined && type === 'bitswap:block' && isFrom(detail, leaver)) left = leaver.stop()
    }
    const from = await fetchAll(fetcher, all, { onProgress })
    expect(left).toBeDefined()
    await left
    for (const holder of holders) {
      expect(fetcher.bitswap.ledger(holder.id)?.bytesReceived ?? 0).toBe(from.get(holder.id) ?? 0)
    }
    for (const other of others) {
      expect(other.bitswap.ledger(fetcher.id)?.bytesSent).toBeGreaterThanOrEqual(from.get(other.id) ?? 0)
      await expectNoWants(fetcher, other)
    }
    expect([...from.values()].reduce((sum, bytes) => sum + bytes, 0)).toBe(sizeOf(all))
    expect(onceEach(fetcher)).toBe(sizeOf(all))
    expect(fetcher.bitswap.stat().partners).not.toContain(leaver.id)
  })
})

function isFrom(detail: unknown, { id }: LivePeer): boolean {
  return typeof detail === 'object' && detail !== null && 'from' in detail && detail.from === id
}

describe('a provider with several partners', () => {
  it('does not let one that cannot keep up hold up another', async () => {
    // One upload slot: if a partner that does not read could keep it, nobody else would be served.
    const alice = await startLivePeer({ options: { engine: { uploadSlots: 1 } } })
    const gate = new GatedBlockstore()
    const slow = await startLivePeer({ blockstore: gate, network: { maxUnreadBytesPerPeer: 256 * KIB } })
    const fast = await startLivePeer()
    await connect(alice, slow)
    await connect(alice, fast)
    const all = blocks(32, 1024 * KIB)
    await alice.has(all)
    const order: string[] = []
    const slowly = fetchAll(slow, all).then(() => order.push('slow'))
    await eventually(() => gate.waiting > 0, 'the slow peer has blocks that it cannot store')
    await fetchAll(fast, all)
    order.push('fast')
    expect(slow.bitswap.wantlist().length).toBe(32)
    expect(slow.bitswap.ledger(alice.id)?.bytesReceived ?? 0).toBe(0)
    // What the transport took for the slow one is bounded by windows and buffers, not by what it asked for.
    expect(alice.bitswap.ledger(slow.id)?.bytesSent ?? 0).toBeLessThan(sizeOf(all) / 2)
    gate.open()
    await slowly
    expect(order).toEqual(['fast', 'slow'])
    for (const peer of [slow, fast]) {
      await expectLedgers(alice, peer, worth(all))
      await expectNoWants(alice, peer)
    }
  })

  it('passes on a block as soon as it has got it', async () => {
    const [alice, bob, carol] = [await startLivePeer(), await startLivePeer(), await startLivePeer()]
    await connect(alice, bob)
    await connect(bob, carol)
    const one = block(60_000)
    const wanted = carol.bitswap.get(one.cid)
    await eventually(() => bob.bitswap.wantlistOf(carol.id).length === 1, 'the want of carol stands at bob')
    await alice.has([one])
    await bob.bitswap.get(one.cid)
    expect(await wanted).toEqual(one.bytes)
    await expectLedgers(alice, bob, worth([one]))
    await expectLedgers(bob, carol, worth([one]))
    expect(alice.bitswap.ledger(carol.id)).toBeUndefined()
  })

  it('serves ten at once, each to the last byte', async () => {
    const alice = await startLivePeer({ options: { engine: { uploadSlots: 2 } } })
    const all = blocks(100, 20_000)
    await alice.has(all)
    const takers = await Promise.all(Array.from({ length: 10 }, () => startLivePeer()))
    for (const taker of takers) await connect(taker, alice)
    await Promise.all(takers.map((taker) => fetchAll(taker, all, { providers: [alice.id] })))
    for (const taker of takers) await expectLedgers(alice, taker, worth(all))
    expect(alice.bitswap.stat()).toMatchObject({ blocksSent: 1_000, dataSent: 20_000_000 })
  })
})
