import { CID } from 'multiformats/cid'
import { sha512 } from 'multiformats/hashes/sha2'
import * as raw from 'multiformats/codecs/raw'
import { describe, expect, it } from 'vitest'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import { eventually } from '../support/eventually.ts'
import {
  block,
  blocks,
  expectLedgers,
  expectNoWants,
  fetchAll,
  openStreams,
  startLivePair,
  startLivePeer,
  worth
} from '../support/live-peer.ts'

const MIB = 1024 * 1024

describe('two peers over libp2p', () => {
  it.each(['tls', 'noise'] as const)('trade one block over %s', async (encryption) => {
    const [alice, bob] = await startLivePair({ encryption: [encryption] })
    const one = block(100_000)
    await alice.has([one])
    expect(await bob.bitswap.get(one.cid)).toEqual(one.bytes)
    const [connection] = bob.node.getConnections(alice.node.peerId)
    expect(connection?.encryption).toContain(encryption)
    expect(await bob.bitswap.get(one.cid, { offline: true })).toEqual(one.bytes)
    await expectLedgers(alice, bob, worth([one]))
    await expectNoWants(alice, bob)
  })

  it('trade both ways at once', async () => {
    const [alice, bob] = await startLivePair()
    const hers = blocks(200, 20_000)
    const his = blocks(150, 30_000, 1_000)
    await alice.has(hers)
    await bob.has(his)
    const [toBob, toAlice] = await Promise.all([fetchAll(bob, hers), fetchAll(alice, his)])
    expect(toBob).toEqual(new Map([[alice.id, 4_000_000]]))
    expect(toAlice).toEqual(new Map([[bob.id, 4_500_000]]))
    await expectLedgers(alice, bob, worth(hers), worth(his))
    await expectNoWants(alice, bob)
    for (const { bitswap } of [alice, bob]) {
      expect(bitswap.stat()).toMatchObject({ dupBlocksReceived: 0, unwantedBlocksReceived: 0, faults: 0 })
    }
  })

  it('trade the largest blocks there are', async () => {
    const [alice, bob] = await startLivePair()
    const large = [...blocks(5, 2 * MIB), ...blocks(2, MAX_BLOCK_BYTES, 5)]
    await alice.has(large)
    await fetchAll(bob, large)
    await expectLedgers(alice, bob, worth(large))
  })

  it('refuse to store a block that could not be carried', async () => {
    const alice = await startLivePeer()
    const { cid, bytes } = block(MAX_BLOCK_BYTES + 1)
    await expect(alice.bitswap.put(cid, bytes)).rejects.toMatchObject({ name: 'BlockTooLargeError' })
  })

  it('trade small blocks, and blocks of another hash', async () => {
    const [alice, bob] = await startLivePair()
    const bytes = Uint8Array.of(1, 2, 3)
    const other = { cid: CID.createV1(raw.code, await sha512.digest(bytes)), bytes }
    const all = [...blocks(50, 100), ...blocks(50, 1_024, 100), other]
    await alice.has(all)
    await fetchAll(bob, all)
    await expectLedgers(alice, bob, worth(all))
  })

  it('need not trade the empty block', async () => {
    const [alice, bob] = await startLivePair()
    await alice.has([block(0)])
    expect(await bob.bitswap.get(block(0).cid)).toEqual(new Uint8Array(0))
    expect([alice.bitswap.ledgers(), bob.bitswap.ledgers()]).toEqual([[], []])
  })

  it('trade more blocks than one may ask the other for at a time', async () => {
    const [alice, bob] = await startLivePair()
    const many = blocks(3_000, 500)
    await alice.has(many)
    await fetchAll(bob, many)
    await expectLedgers(alice, bob, worth(many))
    await expectNoWants(alice, bob)
  })

  it('trade a block that appears only after it was wanted', async () => {
    const [alice, bob] = await startLivePair()
    const [put, stored] = [block(30_000, 1), block(40_000, 2)]
    const wanted = Promise.all([bob.bitswap.get(put.cid), bob.bitswap.get(stored.cid)])
    await eventually(() => alice.bitswap.wantlistOf(bob.id).length === 2, 'both wants stand')
    await alice.bitswap.put(put.cid, put.bytes)
    await alice.bitswap.put(stored.cid, stored.bytes)
    expect(await wanted).toEqual([put.bytes, stored.bytes])
    await expectLedgers(alice, bob, worth([put, stored]))
    await expectNoWants(alice, bob)
  })

  it('find each other by an address that the caller names', async () => {
    const alice = await startLivePeer()
    const bob = await startLivePeer()
    const one = block(5_000)
    await alice.has([one])
    expect(await bob.bitswap.get(one.cid, { providers: alice.addresses })).toEqual(one.bytes)
    await expectLedgers(alice, bob, worth([one]))
  })

  it('find each other by a search for providers', async () => {
    const alice = await startLivePeer()
    const sought: string[] = []
    const bob = await startLivePeer({
      finder: {
        async *findProviders(cid) {
          sought.push(cid.toString())
          yield await Promise.resolve({ peer: alice.id, addresses: alice.addresses })
        }
      }
    })
    const one = block(5_000)
    await alice.has([one])
    expect(await bob.bitswap.get(one.cid)).toEqual(one.bytes)
    expect(sought).toEqual([one.cid.toString()])
    await expectLedgers(alice, bob, worth([one]))
  })

  it('trade again after the stream between them was closed for being quiet', async () => {
    const [alice, bob] = await startLivePair({ network: { idleStreamMs: 20 } }, { network: { idleStreamMs: 20 } })
    const [first, second] = [blocks(20, 10_000), blocks(20, 10_000, 100)]
    await alice.has([...first, ...second])
    await fetchAll(bob, first)
    await eventually(() => openStreams(bob) === 0 && openStreams(alice) === 0, 'no stream of bitswap is open')
    await fetchAll(bob, second)
    await expectLedgers(alice, bob, worth([...first, ...second]))
  })
})
