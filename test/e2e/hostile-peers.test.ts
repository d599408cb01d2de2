import type { Stream } from '@libp2p/interface'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import { closed, frameOf, openStream, WirePeer } from '../network/libp2p/wire-peer.ts'
import { eventually } from '../support/eventually.ts'
import {
  block,
  blocks,
  connect,
  expectLedgers,
  expectNoWants,
  fetchAll,
  type LivePeer,
  type LivePeerInit,
  startBareNode,
  startLivePeer,
  worth
} from '../support/live-peer.ts'

/** A fetcher that is connected to a peer made of bare streams, which answers each message with what `answer` makes of it. */
async function fetcherAndLiar(
  answer: (message: Message) => Message | undefined,
  init: LivePeerInit = {}
): Promise<{ readonly fetcher: LivePeer; readonly liar: WirePeer }> {
  const liar = await new WirePeer(await startBareNode()).start()
  const fetcher = await startLivePeer(init)
  await fetcher.node.dial(liar.node.getMultiaddrs())
  await eventually(() => fetcher.bitswap.stat().partners.length === 1, 'the fetcher knows the liar')
  let out: Promise<Stream> | undefined
  let answered = 0
  const run = async (): Promise<void> => {
    for (;;) {
      await liar.until(() => liar.messages().length > answered)
      const message = liar.messages()[answered++]
      const lie = message === undefined ? undefined : answer(message)
      if (lie === undefined) continue
      out ??= openStream(liar.node, fetcher.node)
      ;(await out).send(frameOf(lie))
    }
  }
  // Its streams end with the test.
  run().catch(() => undefined)
  return { fetcher, liar }
}

/** An honest peer that the fetcher knows. */
async function joinedBy(fetcher: LivePeer): Promise<LivePeer> {
  const honest = await startLivePeer()
  await connect(fetcher, honest)
  return honest
}

function bytesFrom({ bitswap }: LivePeer, { node }: WirePeer): number {
  return bitswap.ledger(node.peerId)?.bytesReceived ?? 0
}

describe('a peer that lies, over libp2p', () => {
  it('by sending other bytes than it was asked for earns nothing and keeps nobody from the block', async () => {
    const junk = block(5_000, 9_000).bytes
    const { fetcher, liar } = await fetcherAndLiar(({ wants }) => {
      const lies = wants.map(({ cid }) => ({ prefix: cidPrefix(cid), bytes: junk }))
      return lies.length === 0 ? undefined : createMessage({ blocks: lies })
    })
    const all = blocks(100, 5_000)
    const fetched = fetchAll(fetcher, all)
    await eventually(() => fetcher.bitswap.stat().unwantedBlocksReceived > 0, 'the liar has lied')
    const honest = await joinedBy(fetcher)
    await honest.has(all)
    expect(await fetched).toEqual(new Map([[honest.id, 500_000]]))
    expect(bytesFrom(fetcher, liar)).toBe(0)
    await expectLedgers(honest, fetcher, worth(all))
    await expectNoWants(honest, fetcher)
  })

  it('by saying "have" and never sending is passed over', async () => {
    const { fetcher, liar } = await fetcherAndLiar(
      ({ wants }) => {
        const presences = wants.map(({ cid, key }) => ({ cid, key, have: true }))
        return presences.length === 0 ? undefined : createMessage({ presences })
      },
      { options: { session: { minStallMs: 50, maxStallMs: 100 } } }
    )
    const all = blocks(20, 5_000)
    const fetched = fetchAll(fetcher, all)
    await liar.until(() => liar.messages().some(({ wants }) => wants.length > 0))
    const honest = await joinedBy(fetcher)
    await honest.has(all)
    expect(await fetched).toEqual(new Map([[honest.id, 100_000]]))
    expect(fetcher.bitswap.ledger(liar.node.peerId)).toBeUndefined()
    await expectLedgers(honest, fetcher, worth(all))
  })

  it('by taking wants and saying nothing at all is passed over', async () => {
    const { fetcher, liar } = await fetcherAndLiar(() => undefined, {
      options: { session: { minStallMs: 50, maxStallMs: 100 } }
    })
    const all = blocks(20, 5_000)
    const fetched = fetchAll(fetcher, all)
    await liar.until(() => liar.messages().some(({ wants }) => wants.length > 0))
    const honest = await joinedBy(fetcher)
    await honest.has(all)
    expect(await fetched).toEqual(new Map([[honest.id, 100_000]]))
    await expectLedgers(honest, fetcher, worth(all))
    // What the silent one was told is taken back, too.
    const wanted = (): number =>
      liar.messages().reduce((sum, { wants, cancels }) => sum + wants.length - cancels.length, 0)
    await liar.until(() => wanted() === 0)
  })

  it('by sending blocks that nobody asked for fills no store and no ledger', async () => {
    const { fetcher, liar } = await fetcherAndLiar(() => undefined)
    const gift = block(5_000, 7)
    const stream = await openStream(liar.node, fetcher.node)
    stream.send(frameOf(createMessage({ blocks: [{ prefix: cidPrefix(gift.cid), bytes: gift.bytes }] })))
    await eventually(() => fetcher.bitswap.stat().unwantedBlocksReceived === 1, 'the gift was counted')
    await expect(fetcher.bitswap.get(gift.cid, { offline: true })).rejects.toMatchObject({ name: 'NotFoundError' })
    expect(fetcher.bitswap.ledgers()).toEqual([])
  })

  it('by sending what is no message loses its stream, and nobody else loses anything', async () => {
    const { fetcher, liar } = await fetcherAndLiar(() => undefined)
    const honest = await joinedBy(fetcher)
    const all = blocks(50, 20_000)
    await honest.has(all)
    const garbage = [Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7f), Uint8Array.of(3, 0x0a, 0x7f, 0x01)]
    for (const [i, bytes] of garbage.entries()) {
      const stream = await openStream(liar.node, fetcher.node)
      const end = closed(stream)
      stream.send(bytes)
      expect(await end).toMatchObject({ name: 'StreamResetError' })
      expect(fetcher.bitswap.stat().faults).toBe(i + 1)
    }
    await fetchAll(fetcher, all, { providers: [honest.id] })
    await expectLedgers(honest, fetcher, worth(all))
    expect(fetcher.bitswap.stat().partners).toContain(toPeerId(liar.node.peerId))
  })

  it('by sending one bad entry among good ones gets its good ones answered', async () => {
    const { fetcher: server, liar: asker } = await fetcherAndLiar(() => undefined)
    const one = block(5_000, 3)
    await server.has([one])
    const cid = one.cid.bytes
    // Wantlist { Entry { cid: 1 byte }, Entry { cid, priority 1 } }
    const entries = [0x0a, 3, 0x0a, 1, 0x01, 0x0a, cid.length + 4, 0x0a, cid.length, ...cid, 0x10, 1]
    const body = [0x0a, entries.length, ...entries]
    const stream = await openStream(asker.node, server.node)
    stream.send(Uint8Array.of(body.length, ...body))
    await asker.until(() => asker.messages().some((message) => message.blocks.length > 0))
    const answer = asker.messages().flatMap((message) => message.blocks)
    expect(answer.map(({ bytes }) => Buffer.from(bytes).equals(one.bytes))).toEqual([true])
    expect(server.bitswap.stat().faults).toBe(1)
    await eventually(() => server.bitswap.ledgers().length === 1, 'the block is booked')
    expect(server.bitswap.ledger(asker.node.peerId)).toMatchObject({ bytesSent: 5_000, bytesReceived: 0, exchanges: 1 })
  })
})
