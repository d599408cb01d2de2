import { describe, expect, it } from 'vitest'
import { WirePeer } from '../network/libp2p/wire-peer.ts'
import { eventually } from '../support/eventually.ts'
import {
  block,
  blocks,
  expectLedgers,
  expectNoWants,
  fetchAll,
  type LivePeer,
  startBareNode,
  startLivePair,
  startLivePeer,
  worth
} from '../support/live-peer.ts'

/** A peer that trades, and one that only listens to what it says on the wire. */
async function overheard(): Promise<{ readonly bob: LivePeer; readonly listener: WirePeer }> {
  const listener = await new WirePeer(await startBareNode()).start()
  const bob = await startLivePeer()
  await bob.node.dial(listener.node.getMultiaddrs())
  await eventually(() => bob.bitswap.stat().partners.length === 1, 'bob knows the listener')
  return { bob, listener }
}

/** What the listener was told of a block, in order. */
function told(listener: WirePeer, { cid }: { readonly cid: { toString(): string } }): string[] {
  const isIt = (entry: { readonly cid: { toString(): string } }): boolean => entry.cid.toString() === cid.toString()
  return listener
    .messages()
    .flatMap(({ wants, cancels }) => [
      ...cancels.filter(isIt).map(() => 'cancel'),
      ...wants.filter(isIt).map(({ type }) => `want-${type}`)
    ])
}

describe('waiters for one block', () => {
  it('leave the want at the partner when one of two gives up, and a cancel when both do', async () => {
    const { bob, listener } = await overheard()
    const [shared, marker] = [block(5_000, 1), block(5_000, 2)]
    const [first, second] = [new AbortController(), new AbortController()]
    const one = bob.bitswap.get(shared.cid, { signal: first.signal })
    const two = bob.bitswap.get(shared.cid, { signal: second.signal })
    const failures = Promise.allSettled([one, two])
    await listener.until(() => told(listener, shared).length > 0)

    first.abort(new Error('enough'))
    await expect(one).rejects.toThrow('enough')
    // A want made after the abort: what it follows on the wire was said before it.
    const last = bob.bitswap.get(marker.cid, { signal: second.signal })
    const markerEnds = Promise.allSettled([last])
    await listener.until(() => told(listener, marker).length > 0)
    expect(told(listener, shared)).toEqual(['want-block'])
    expect(bob.bitswap.wantlist().map(({ cid }) => cid.toString())).toContain(shared.cid.toString())

    second.abort(new Error('enough, too'))
    await expect(two).rejects.toThrow('enough, too')
    await listener.until(() => told(listener, shared).length > 1 && told(listener, marker).length > 1)
    expect(told(listener, shared)).toEqual(['want-block', 'cancel'])
    expect(told(listener, marker)).toEqual(['want-block', 'cancel'])
    expect(bob.bitswap.wantlist()).toEqual([])
    await Promise.all([failures, markerEnds])
  })

  it('are all served by one copy of the block', async () => {
    const [alice, bob] = await startLivePair()
    const one = block(50_000)
    const gets = Array.from({ length: 10 }, () => bob.bitswap.get(one.cid))
    await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 1, 'the want stands')
    await alice.has([one])
    for (const bytes of await Promise.all(gets)) expect(bytes).toEqual(one.bytes)
    expect(bob.bitswap.stat().blocksReceived).toBe(1)
    await expectLedgers(alice, bob, worth([one]))
    await expectNoWants(alice, bob)
  })

  it('go on waiting when another gives up, and get the block', async () => {
    const [alice, bob] = await startLivePair()
    const one = block(50_000)
    const quitter = new AbortController()
    const quits = bob.bitswap.get(one.cid, { signal: quitter.signal })
    const stays = bob.bitswap.get(one.cid)
    await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 1, 'the want stands')
    quitter.abort(new Error('enough'))
    await expect(quits).rejects.toThrow('enough')
    await alice.has([one])
    expect(await stays).toEqual(one.bytes)
    await expectLedgers(alice, bob, worth([one]))
  })

  it('take their wants back from the partner when the request is dropped, the session closed or the peer stopped', async () => {
    const [alice, bob] = await startLivePair()
    const here = block(1_500)
    const absent = blocks(20, 1_500, 100)
    await alice.has([here])
    for await (const { cid } of bob.bitswap.getMany([here, ...absent].map((each) => each.cid))) {
      expect(cid).toEqual(here.cid)
      await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 20, 'the other wants stand')
      break
    }
    await expectNoWants(alice, bob)

    const session = bob.bitswap.createSession()
    const open = absent.map(({ cid }) => session.get(cid))
    const closed = Promise.allSettled(open)
    await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 20, 'the wants of the session stand')
    session.close()
    for (const end of await closed) expect(end).toMatchObject({ reason: { name: 'SessionClosedError' } })
    await expectNoWants(alice, bob)

    const last = Promise.allSettled(absent.map(({ cid }) => bob.bitswap.get(cid)))
    await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 20, 'the last wants stand')
    await bob.stop()
    for (const end of await last) expect(end).toMatchObject({ reason: { name: 'NotStartedError' } })
    await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 0, 'the wants went with bob')
    await expectLedgers(alice, bob, worth([here]))
  })
})

describe('many requests side by side', () => {
  it('share what they have in common and miss nothing', async () => {
    const [alice, bob] = await startLivePair()
    const all = blocks(300, 8_000)
    await alice.has(all)
    // Each of 60 requests wants 30 blocks; each block is wanted by six of them.
    const parts = Array.from({ length: 60 }, (_, i) => Array.from({ length: 30 }, (_, j) => all[(i * 5 + j) % 300]))
    const work = parts.map((part) =>
      fetchAll(
        bob,
        part.filter((each) => each !== undefined)
      )
    )
    await Promise.all(work)
    expect(bob.bitswap.stat()).toMatchObject({ blocksReceived: 300, dupBlocksReceived: 0 })
    await expectLedgers(alice, bob, worth(all))
    await expectNoWants(alice, bob)
  })

  it('do not wait for each other: a small one is done before the large one it came after', async () => {
    // Little is kept in flight, however fast this machine is: the large request still has much to ask for.
    const [alice, bob] = await startLivePair({}, { options: { peers: { initialWindow: 16, windowHorizonMs: 1 } } })
    const bulk = blocks(200, 64 * 1024)
    const small = block(2_000, 5_000)
    await alice.has([...bulk, small])
    const order: string[] = []
    const started = Promise.withResolvers<undefined>()
    const large = fetchAll(bob, bulk, { onBlock: () => started.resolve(undefined) }).then(() => order.push('large'))
    await started.promise
    await bob.bitswap.get(small.cid)
    order.push('small')
    await large
    expect(order).toEqual(['small', 'large'])
    await expectLedgers(alice, bob, worth([...bulk, small]))
  })
})
