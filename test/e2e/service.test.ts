import { createLibp2p } from 'libp2p'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bitswap } from '../../src/index.ts'
import { libp2pDefaults } from '../../src/node/libp2p/libp2p-defaults.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { eventually } from '../support/eventually.ts'
import {
  block,
  blocks,
  connect,
  expectLedgers,
  fetchAll,
  type LivePeer,
  livePeer,
  startLivePeer,
  worth
} from '../support/live-peer.ts'

/** A peer whose exchange is a service of its libp2p node, and begins and ends with it. */
async function startWithService(): Promise<LivePeer> {
  const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
  const services = { ...defaults.services, bitswap: bitswap({ blockstore: new MemoryBlockstore() }) }
  const node = await createLibp2p({ ...defaults, services })
  const stop = async (): Promise<void> => await node.stop()
  onTestFinished(stop)
  return livePeer(node, node.services.bitswap, stop)
}

describe('bitswap as a service of libp2p', () => {
  it('trades with another node of its kind', async () => {
    const [alice, bob] = [await startWithService(), await startWithService()]
    await connect(alice, bob)
    const [hers, his] = [blocks(50, 10_000), blocks(30, 5_000, 100)]
    await alice.has(hers)
    await bob.has(his)
    await fetchAll(bob, hers)
    await fetchAll(alice, his)
    await expectLedgers(alice, bob, worth(hers), worth(his))
  })

  it('trades with an exchange made by hand', async () => {
    const [alice, bob] = [await startWithService(), await startLivePeer()]
    const all = blocks(50, 10_000)
    await alice.has(all)
    await fetchAll(bob, all, { providers: alice.addresses })
    await expectLedgers(alice, bob, worth(all))
  })

  it('needs no more than a running node, stops with it, and starts again', async () => {
    const [alice, bob] = [await startWithService(), await startLivePeer()]
    const [one, two] = [block(10_000, 1), block(10_000, 2)]
    await connect(alice, bob)
    const open = alice.bitswap.get(one.cid)
    const ended = Promise.allSettled([open])
    await eventually(() => bob.bitswap.wantlistOf(alice.id).length === 1, 'the want stands')
    await alice.node.stop()
    await expect(open).rejects.toMatchObject({ name: 'NotStartedError' })
    await expect(alice.bitswap.get(one.cid)).rejects.toMatchObject({ name: 'NotStartedError' })
    await eventually(() => bob.bitswap.stat().partners.length === 0, 'bob knows that alice is gone')
    await alice.node.start()
    await bob.has([one])
    await alice.has([two])
    expect(await alice.bitswap.get(one.cid, { providers: bob.addresses })).toEqual(one.bytes)
    expect(await bob.bitswap.get(two.cid)).toEqual(two.bytes)
    await expectLedgers(alice, bob, worth([two]), worth([one]))
    await ended
  })
})
