import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { openBlockstore, openDatastore } from '../../src/storage/open-storage.ts'
import {
  blocks,
  connect,
  expectLedgers,
  fetchAll,
  type LivePeer,
  startLivePair,
  startLivePeer,
  worth
} from '../support/live-peer.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

interface Repo {
  readonly directory: string
  readonly privateKey: PrivateKey
  readonly blocks: string
}

async function newRepo(scheme: string): Promise<Repo> {
  const directory = await temporaryDirectory()
  return { directory, privateKey: await generateKeyPair('Ed25519'), blocks: `${scheme}:${join(directory, 'blocks')}` }
}

/** A peer whose blocks, ledgers and identity are those of the repo; `stop` also closes the stores. */
async function startOn({ directory, privateKey, blocks: spec }: Repo): Promise<LivePeer> {
  const store = await openBlockstore(spec, { hashers: await createHashers() })
  const metadata = await openDatastore(`level:${join(directory, 'metadata')}`)
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await metadata.close()
    await store.close()
  }
  onTestFinished(() => (closing ??= close()))
  const peer = await startLivePeer({ blockstore: store.blockstore, datastore: metadata.datastore, privateKey })
  const stop = async (): Promise<void> => {
    await peer.stop()
    await (closing ??= close())
  }
  return { ...peer, stop }
}

describe('peers with stores on disk, over libp2p', () => {
  it.each(['fs', 'blockstore-fs'])('go on with blocks and ledgers where they stopped, with %s', async (scheme) => {
    const [hers, his] = [await newRepo(scheme), await newRepo(scheme)]
    const [first, second, back] = [blocks(60, 30_000), blocks(40, 20_000, 100), blocks(10, 10_000, 200)]

    let [alice, bob] = [await startOn(hers), await startOn(his)]
    const before = [alice.id, bob.id]
    await connect(alice, bob)
    await alice.has([...first, ...second])
    await bob.has(back)
    await fetchAll(bob, first)
    await fetchAll(alice, back)
    await expectLedgers(alice, bob, worth(first), worth(back))
    await alice.stop()
    await bob.stop()

    ;[alice, bob] = [await startOn(hers), await startOn(his)]
    expect([alice.id, bob.id]).toEqual(before)
    await expectLedgers(alice, bob, worth(first), worth(back))
    expect(alice.bitswap.ledger(bob.id)?.debtRatio).toBeCloseTo(1_800_000 / 100_001, 1)
    for (const { cid, bytes } of [...first, ...back]) {
      expect(Buffer.from(await bob.bitswap.get(cid, { offline: true })).equals(bytes)).toBe(true)
    }
    await connect(bob, alice)
    await fetchAll(bob, second)
    await expectLedgers(alice, bob, worth([...first, ...second]), worth(back))
    await bob.stop()
    await alice.stop()
  })

  it.each([
    ['fs', 'memory'],
    ['memory', 'fs'],
    ['blockstore-fs', 'fs'],
    ['fs', 'blockstore-fs']
  ])('trade from %s to %s, small blocks and large ones', async (from, to) => {
    const hashers = await createHashers()
    const open = async (scheme: string): ReturnType<typeof openBlockstore> => {
      const spec = scheme === 'memory' ? 'memory:' : `${scheme}:${await temporaryDirectory()}`
      const store = await openBlockstore(spec, { hashers })
      onTestFinished(() => store.close())
      return store
    }
    const [mine, yours] = [await open(from), await open(to)]
    const [alice, bob] = await startLivePair({ blockstore: mine.blockstore }, { blockstore: yours.blockstore })
    const all = [...blocks(40, 700), ...blocks(40, 50_000, 100), ...blocks(2, 2 * 1024 * 1024, 200)]
    await alice.has(all)
    await fetchAll(bob, all)
    await expectLedgers(alice, bob, worth(all))
    for (const { cid, bytes } of all) {
      const stored = await yours.port.get(cid)
      expect(stored !== undefined && Buffer.from(stored).equals(bytes)).toBe(true)
    }
  })

  it('start afresh with those who have no account, and keep the others', async () => {
    const repo = await newRepo('fs')
    let alice = await startOn(repo)
    const known = await startLivePeer()
    const [first, second] = [blocks(5, 9_000), blocks(5, 9_000, 10)]
    await alice.has([...first, ...second])
    await connect(known, alice)
    await fetchAll(known, first)
    await expectLedgers(alice, known, worth(first))
    await alice.stop()

    alice = await startOn(repo)
    const stranger = await startLivePeer()
    await connect(stranger, alice)
    await fetchAll(stranger, second)
    await expectLedgers(alice, stranger, worth(second))
    await expectLedgers(alice, known, worth(first))
    expect(alice.bitswap.ledgers()).toHaveLength(2)
    await alice.stop()
  })
})
