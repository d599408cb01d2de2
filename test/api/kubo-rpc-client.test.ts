/** Kubo's own client for JavaScript, as its users have it, on a daemon of ours. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { create } from 'kubo-rpc-client'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { startForKuboClient as start } from '../support/kubo-rpc-client.ts'
import { listOf } from '../support/list-of.ts'

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await listOf(chunks))
}

const HELLO = Buffer.from('hello')
const MISSING = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')

describe('kubo-rpc-client', () => {
  it('tells of the node', async () => {
    const { client, id } = await start()
    expect(await client.version()).toMatchObject({ version: expect.stringMatching(/^0\.43\.0\+barter\./u) as string })
    const own = await client.id()
    expect(own.id.toString()).toBe(id)
    expect(own.addresses.length).toBeGreaterThan(0)
    expect(own.agentVersion).toContain('barter/')
    expect(await client.isOnline()).toBe(true)
    expect(JSON.stringify(await client.commands())).toContain('bitswap')
    expect(await client.resolve(`/ipfs/${MISSING.toString()}`)).toBe(`/ipfs/${MISSING.toString()}`)
  })

  it('stores, measures, fetches and removes blocks', async () => {
    const { client } = await start()
    const cid = await client.block.put(HELLO)
    expect((await client.block.put(HELLO, { format: 'dag-cbor' })).code).toBe(0x71)
    expect((await client.block.put(HELLO, { mhtype: 'sha2-512' })).multihash.code).toBe(0x13)
    expect((await client.block.put(HELLO, { version: 0, format: 'dag-pb' })).code).toBe(0x70)
    expect(Buffer.from(await client.block.get(cid))).toEqual(HELLO)
    expect(await client.block.stat(cid)).toEqual({ cid, size: 5 })
    expect(await listOf(client.block.rm([cid, MISSING], { force: true }))).toHaveLength(2)
    const [gone] = await listOf(client.block.rm(cid))
    expect(gone?.error?.message).toContain('could not find')
    await expect(client.block.get(cid, { offline: true } as object)).rejects.toThrow('could not find')
    await expect(client.block.get(MISSING, { timeout: 100 })).rejects.toMatchObject({ name: 'TimeoutError' })
    const stop = new AbortController()
    const waiting = client.block.get(MISSING, { signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('adds, lists, prints and gets files', async () => {
    const { client } = await start()
    const files = [
      { path: 'dir/ä b.txt', content: HELLO },
      { path: 'dir/large', content: Buffer.alloc(600_000, 1) }
    ]
    const added = await listOf(client.addAll(files, { cidVersion: 1 }))
    const root = added.find(({ path }) => path === 'dir')
    if (root === undefined) throw new Error('the folder is told of')
    const listed = await listOf(client.ls(root.cid))
    expect(listed.map(({ name, size, type }) => [name, size, type])).toEqual([
      ['large', 600_000, 'file'],
      ['ä b.txt', 5, 'file']
    ])
    expect(await bytesOf(client.cat(`/ipfs/${root.cid.toString()}/ä b.txt`))).toEqual(HELLO)
    expect(await bytesOf(client.cat(`${root.cid.toString()}/large`, { offset: 10, length: 7 }))).toEqual(
      Buffer.alloc(7, 1)
    )
    expect((await bytesOf(client.get(root.cid))).length).toBeGreaterThan(600_000)
    const told: number[] = []
    const one = await client.add(Buffer.alloc(300_000), {
      progress: (bytes) => told.push(bytes),
      wrapWithDirectory: true
    })
    expect(told.at(-1)).toBe(300_000)
    expect(one.path).toBe('')
  })

  it('connects, and tells of peers', async () => {
    const [one, two] = [await start(), await start()]
    const [address] = (await two.client.id()).addresses
    if (address === undefined) throw new Error('it has an address')
    await one.client.swarm.connect(address)
    const peers = await one.client.swarm.peers({ verbose: true })
    expect(peers.map(({ peer, direction }) => [peer.toString(), direction])).toEqual([[two.id, 'outbound']])
    expect((await one.client.swarm.addrs()).map(({ id }) => id.toString())).toContain(two.id)
    expect((await one.client.swarm.localAddrs()).length).toBeGreaterThan(0)
    const pongs = await listOf(one.client.ping(two.daemon.peer.libp2p.peerId, { count: 1 }))
    expect(pongs.map(({ success }) => success)).toEqual([true, true, true])
    const cid = await two.client.block.put(HELLO)
    expect(Buffer.from(await one.client.block.get(cid))).toEqual(HELLO)
    const stat = await one.client.bitswap.stat()
    expect(stat).toMatchObject({ blocksReceived: 1n, peers: [expect.anything()], wantlist: [] })
    expect(await one.client.bitswap.wantlist()).toEqual([])
    expect(await one.client.bitswap.wantlistForPeer(two.daemon.peer.libp2p.peerId)).toEqual([])
    const [bandwidth] = await listOf(one.client.stats.bw())
    expect(Number(bandwidth?.totalIn)).toBeGreaterThan(5)
    expect(await one.client.stats.bitswap()).toMatchObject({ blocksReceived: 1n })
    await one.client.swarm.disconnect(address)
    expect(await one.client.swarm.peers()).toEqual([])
  })

  it('changes the peers to begin with', async () => {
    const { client, daemon } = await start()
    const { multiaddr } = await import('@multiformats/multiaddr')
    const address = multiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${daemon.peer.libp2p.peerId.toString()}`)
    expect((await client.bootstrap.add(address)).Peers.map(String)).toEqual([address.toString()])
    expect((await client.bootstrap.list()).Peers.map(String)).toEqual([address.toString()])
    expect((await client.bootstrap.rm(address)).Peers).toHaveLength(1)
    expect((await client.bootstrap.list()).Peers).toEqual([])
  })

  it('tells of the repo', async () => {
    const { client, root } = await start()
    await client.block.put(HELLO)
    const stat = await client.repo.stat()
    expect(stat).toMatchObject({ numObjects: 1n, repoPath: root, version: 'fs-repo@18' })
    expect(await client.stats.repo()).toMatchObject({ numObjects: 1n })
    expect(await client.repo.version()).toBe('18')
  })

  it('is told what went wrong', async () => {
    const { client } = await start()
    await expect(client.swarm.connect('/ip4/127.0.0.1/tcp/1' as never)).rejects.toThrow('must end with /p2p/')
    await expect(client.files.stat('/')).rejects.toMatchObject({ response: { status: 404 } })
    await expect(client.name.publish(MISSING)).rejects.toMatchObject({ response: { status: 404 } })
  })

  it('stops the daemon', async () => {
    const { client, daemon } = await start()
    await client.stop()
    await daemon.stopped
    expect(await client.isOnline()).toBe(false)
  })

  it('needs the token where one is asked for', async () => {
    const { client, url, root } = await start({ RequireToken: true })
    await expect(client.id()).rejects.toMatchObject({ response: { status: 401 } })
    const token = (await readFile(join(root, 'api-token'), 'utf8')).trim()
    const owner = create({ url, headers: { authorization: `Bearer ${token}` } })
    expect((await owner.id()).agentVersion).toContain('barter/')
  })
})
