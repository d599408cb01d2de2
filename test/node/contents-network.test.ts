import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { base32upper } from 'multiformats/bases/base32'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PinAddEvent } from '../../src/api/service/content-service.ts'
import { createPeer, type Peer } from '../../src/node/peer.ts'
import type { PeerInit } from '../../src/node/peer-init.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { eventually } from '../support/eventually.ts'
import { all, candidatesOf } from '../support/memory-content.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const FILES = { 'dir/': '', 'dir/a': 'hello', 'dir/sub/': '', 'dir/sub/b': 'world' }
const NOWHERE = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'

async function startPeer(init: PeerInit = {}): Promise<Peer> {
  const peer = await createPeer(init)
  onTestFinished(() => peer.stop())
  return peer
}

async function repoPeer(): Promise<{ peer: Peer; root: string }> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  return { peer: await startPeer({ repo: root }), root }
}

async function add(peer: Peer, files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const last = (await all(peer.service.add(candidatesOf(files)))).at(-1)
  return last?.type === 'added' ? last.cid : ''
}

async function connect(peer: Peer, other: Peer): Promise<void> {
  await peer.libp2p.dial(other.libp2p.getMultiaddrs())
}

/** Writes over a block of a repo; resolves with its raw CID. */
async function damage(peer: Peer, root: string, path: string): Promise<string> {
  const { cid } = await peer.service.contents.dag.resolve(path, { offline: true })
  const { multihash } = CID.parse(cid)
  const name = base32upper.baseEncode(multihash.bytes)
  const file = join(root, 'blocks', name.slice(-3, -1), `${name}.data`)
  const bytes = await readFile(file)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(file, bytes)
  return CID.createV1(0x55, multihash).toString()
}

describe('repo verify', () => {
  it('heals from another peer what is damaged here, and tells of what nobody has', async () => {
    const { peer, root } = await repoPeer()
    const other = await startPeer()
    const cid = await add(peer)
    await add(other)
    const alone = await add(peer, { alone: 'nobody else has this' })
    await connect(peer, other)
    const healed = await damage(peer, root, `${cid}/sub/b`)
    const lost = await damage(peer, root, alone)
    const { store, pins } = peer.service.contents
    const healing = all(store.verify({ heal: true, healTimeoutMs: 2_000 }))
    const labels = (): readonly string[] => peer.bitswap.insight.sessions(10).map(({ label }) => label)
    await eventually(() => labels().includes('repo verify'), 'what is fetched is told of as what it is for')
    const events = await healing
    const found = events.flatMap((event) => (event.type === 'damaged' ? [[event.cid, event.outcome]] : []))
    expect(found.sort()).toEqual(
      [
        [healed, 'healed'],
        [lost, 'lost']
      ].sort()
    )
    expect((await all(pins.verify())).map((one) => [one.cid, one.bad.length]).sort()).toEqual(
      [
        [cid, 0],
        [alone, 1]
      ].sort()
    )
    // Nothing that is damaged is left in its place; what nobody had is missed until it comes.
    const missed = (await all(store.verify())).filter(({ type }) => type === 'damaged')
    expect(missed).toMatchObject([{ cid: lost, reason: 'block was damaged and lies in quarantine' }])
  })
})

describe('pin add', () => {
  it('fetches what is not here, tells how far it is, and what it pinned stays', async () => {
    const [giver, taker] = [await startPeer(), await startPeer()]
    const cid = await add(giver)
    await connect(taker, giver)
    const events = await all(taker.service.contents.pins.add([`/ipfs/${cid}`], { name: 'photos' }))
    expect(events.at(-1)).toEqual({ type: 'pinned', cid })
    expect(events.filter(({ type }) => type === 'progress').at(-1)).toMatchObject({ blocks: 4 })
    expect(await all(taker.service.contents.store.collect())).toEqual([])
    expect(await all(taker.service.contents.pins.list({ type: 'recursive' }))).toEqual([
      { cid, type: 'recursive', name: 'photos' }
    ])
  })

  it('gives up when no block came for too long, and pins nothing', async () => {
    const [giver, taker] = [await startPeer(), await startPeer()]
    const cid = await add(giver)
    const part = (await giver.service.contents.dag.resolve(`${cid}/sub/b`)).cid
    await giver.service.contents.pins.remove([cid])
    await all(giver.service.blockRemove([part]))
    await connect(taker, giver)
    const events: PinAddEvent[] = []
    const adding = async (): Promise<void> => {
      for await (const event of taker.service.contents.pins.add([cid], { idleMs: 1_000 })) events.push(event)
    }
    await expect(adding()).rejects.toThrow('pin: no block came for 1 s')
    expect(events.at(-1)).toMatchObject({ type: 'progress', blocks: 3 })
    expect(await all(taker.service.contents.pins.list())).toEqual([])
    // The wants have gone with it.
    expect(await taker.service.bitswapWantlist()).toEqual([])
  })

  it('ends when whoever asked has gone, and wants nothing more', async () => {
    const taker = await startPeer()
    const stop = new AbortController()
    const adding = all(taker.service.contents.pins.add([NOWHERE], { signal: stop.signal }))
    const refused = expect(adding).rejects.toThrow('pin: enough')
    await eventually(() => taker.bitswap.wantlist().length > 0, 'it is wanted')
    stop.abort(new Error('enough'))
    await refused
    expect(taker.bitswap.wantlist()).toEqual([])
  })

  it('ends when whoever reads its progress turns away', async () => {
    const taker = await startPeer()
    const events = taker.service.contents.pins.add([NOWHERE])[Symbol.asyncIterator]()
    expect((await events.next()).value).toMatchObject({ type: 'progress', blocks: 0 })
    await events.return?.()
    expect(taker.bitswap.wantlist()).toEqual([])
  })
})

describe('a daemon that removes what nobody keeps', () => {
  it('does so by itself once too much is stored, as its config says', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    await initRepo(root, { profile: 'test' })
    const path = join(root, 'config')
    const config = JSON.parse(await readFile(path, 'utf8')) as { Datastore: object }
    const Datastore = { ...config.Datastore, StorageMax: '1000B', StorageGCWatermark: 50, GCPeriod: '1s' }
    await writeFile(path, JSON.stringify({ ...config, Datastore }))
    const { service } = await startPeer({ repo: root, collectGarbage: true })
    const kept = (await all(service.add(candidatesOf({ kept: 'x'.repeat(300) })))).at(-1)
    await all(service.add(candidatesOf({ loose: 'y'.repeat(600) }), { pin: false }))
    const status = () => service.contents.store.gcStatus() as { last?: object; automatic: object }
    expect(status().automatic).toMatchObject({ enabled: true, limitBytes: 500, periodMs: 1_000 })
    await eventually(() => status().last !== undefined, 'a collection ended')
    expect(status()).toMatchObject({ last: { removed: 1, bytesFreed: 600, error: undefined } })
    expect(await all(service.contents.store.blocks())).toEqual([kept?.type === 'added' ? kept.cid : ''])
  })
})
