import { describe, expect, it } from 'vitest'
import { eventually } from '../support/eventually.ts'
import {
  block,
  blocks,
  connect,
  expectLedgers,
  expectNoWants,
  fetchAll,
  type FetchOptions,
  type LivePeer,
  partners,
  startLivePair,
  startLivePeer,
  sizeOf,
  worth
} from '../support/live-peer.ts'

/** Fetches, and calls `then` once so many blocks arrived and more are still wanted. */
async function interrupted(
  peer: LivePeer,
  wanted: ReturnType<typeof blocks>,
  { after, then, ...options }: FetchOptions & { readonly after: number; readonly then: () => Promise<void> }
): Promise<void> {
  const reached = Promise.withResolvers<undefined>()
  let arrived = 0
  const onProgress = ({ type }: { readonly type: string }): void => {
    if (type === 'bitswap:block' && ++arrived === after) reached.resolve(undefined)
  }
  const fetched = fetchAll(peer, wanted, { ...options, onProgress })
  await reached.promise
  expect(peer.bitswap.wantlist().length).toBeGreaterThan(0)
  await then()
  await fetched
}

/**
 * The taker's ledger holds each block once. The giver's may hold more: what was written when a connection broke was sent,
 * and some of it went out again.
 */
async function expectAllBooked(giver: LivePeer, taker: LivePeer, all: ReturnType<typeof blocks>): Promise<void> {
  expect(taker.bitswap.ledger(giver.id)).toMatchObject({
    bytesSent: 0,
    bytesReceived: sizeOf(all),
    exchanges: all.length
  })
  const sent = (): number => giver.bitswap.ledger(taker.id)?.bytesSent ?? 0
  await eventually(() => sent() >= taker.bitswap.stat().dataReceived, 'all that was received is booked as sent')
  expect(sent()).toBeLessThan(2 * sizeOf(all))
}

/** Opens a second connection beside the first. */
async function dialAgain(from: LivePeer, to: LivePeer): Promise<void> {
  await from.node.dial(to.node.getMultiaddrs(), { force: true })
  await eventually(() => to.node.getConnections(from.node.peerId).length === 2, 'there are two connections')
}

describe('two peers whose connection changes', () => {
  it('trade on when both dialled and one connection goes', async () => {
    const [alice, bob] = [await startLivePeer(), await startLivePeer()]
    await Promise.all([alice.node.dial(bob.node.getMultiaddrs()), bob.node.dial(alice.node.getMultiaddrs())])
    await partners(alice, bob)
    const [hers, his] = [blocks(20, 10_000), blocks(20, 10_000, 100)]
    await alice.has(hers)
    await bob.has(his)
    await fetchAll(bob, hers)
    await fetchAll(alice, his)
    await expectLedgers(alice, bob, worth(hers), worth(his))
  })

  it('trade on when they lose each other in the middle and meet again', async () => {
    const [alice, bob] = await startLivePair()
    const all = blocks(400, 20_000)
    await alice.has(all)
    const lose = async (): Promise<void> => {
      await bob.node.hangUp(alice.node.peerId)
      await eventually(() => !bob.bitswap.stat().partners.includes(alice.id), 'bob knows that alice is gone')
      await eventually(() => !alice.bitswap.stat().partners.includes(bob.id), 'alice knows that bob is gone')
      await connect(alice, bob)
    }
    await interrupted(bob, all, { after: 100, then: lose })
    await expectNoWants(alice, bob)
    await expectAllBooked(alice, bob, all)
  })

  it.each(['the older', 'the newer'])('trade on when %s of two connections breaks in the middle', async (which) => {
    const [alice, bob] = await startLivePair()
    await dialAgain(bob, alice)
    const all = blocks(400, 20_000)
    await alice.has(all)
    const cut = async (): Promise<void> => {
      const connections = bob.node.getConnections(alice.node.peerId)
      connections.sort((a, b) => a.timeline.open - b.timeline.open)
      connections.at(which === 'the older' ? 0 : 1)?.abort(new Error('cut'))
      await eventually(() => alice.node.getConnections(bob.node.peerId).length === 1, 'one connection is left')
    }
    await interrupted(bob, all, { after: 50, then: cut })
    await expectNoWants(alice, bob)
    await expectAllBooked(alice, bob, all)
  })

  // Each has a stream of its own to the other: bob's carries what he wants, alice's what she sends.
  it.each([
    ['asks', 'bob', 'outbound'],
    ['asks', 'alice', 'inbound'],
    ['answers', 'bob', 'inbound'],
    ['answers', 'alice', 'outbound']
  ] as const)('trade on when the stream that %s is reset in the middle by %s', async (_what, by, direction) => {
    const [alice, bob] = await startLivePair()
    const all = blocks(400, 20_000)
    await alice.has(all)
    const reset = (): Promise<void> => {
      const { node } = by === 'bob' ? bob : alice
      const streams = node.getConnections().flatMap((connection) => connection.streams)
      const stream = streams.find((each) => each.protocol.startsWith('/ipfs/bitswap') && each.direction === direction)
      stream?.abort(new Error('reset'))
      expect(stream?.status).toBe('aborted')
      return Promise.resolve()
    }
    await interrupted(bob, all, { after: 50, then: reset })
    await expectNoWants(alice, bob)
    await expectAllBooked(alice, bob, all)
  })

  it('trade on when the connection breaks under a request that names its provider', async () => {
    const [alice, bob] = [await startLivePeer(), await startLivePeer()]
    const all = blocks(400, 20_000)
    await alice.has(all)
    const cut = async (): Promise<void> => {
      for (const connection of bob.node.getConnections()) connection.abort(new Error('cut'))
      await eventually(() => bob.bitswap.stat().partners.length === 0, 'bob knows that alice is gone')
    }
    await interrupted(bob, all, { after: 50, then: cut, providers: alice.addresses })
    await expectAllBooked(alice, bob, all)
  })

  it('trade on when the exchange of one is stopped and started again', async () => {
    const [alice, bob] = await startLivePair()
    const all = blocks(400, 20_000)
    await alice.has(all)
    const restart = async (): Promise<void> => {
      await alice.bitswap.stop()
      await alice.bitswap.start()
    }
    await interrupted(bob, all, { after: 50, then: restart })
    await expectNoWants(alice, bob)
    await expectAllBooked(alice, bob, all)
  })

  it('end a request at once when it is aborted while its provider is being dialled', async () => {
    const bob = await startLivePeer()
    const { cid } = block(1_000)
    const controller = new AbortController()
    const get = bob.bitswap.get(cid, { providers: ['/ip4/127.0.0.1/tcp/9'], signal: controller.signal })
    const ends = expect(get).rejects.toThrow('enough')
    controller.abort(new Error('enough'))
    await ends
    expect(bob.bitswap.wantlist()).toEqual([])
  })
})
