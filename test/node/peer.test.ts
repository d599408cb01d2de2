import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect } from '../../src/api/formats/collect.ts'
import { createPeer, type Peer } from '../../src/node/peer.ts'
import type { PeerInit } from '../../src/node/peer-init.ts'
import { readConfig, writeConfig } from '../../src/node/config/config.ts'
import { merge } from '../../src/node/repo/profiles.ts'
import { initRepo } from '../../src/node/repo/repo-init.ts'
import { startNode } from '../network/libp2p/nodes.ts'
import { all, candidatesOf } from '../support/memory-content.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const SIGNAL = { signal: AbortSignal.timeout(20_000) }

async function peer(init?: PeerInit): Promise<Peer> {
  const made = await createPeer(init)
  onTestFinished(() => made.stop())
  return made
}

function addressOf({ libp2p }: Peer): string {
  return libp2p.getMultiaddrs()[0]?.toString() ?? ''
}

function bareAddressOf(peer: Peer): string {
  return addressOf(peer).replace(/\/p2p\/.*$/u, '')
}

async function newRepo(change?: (root: string) => Promise<void>): Promise<string> {
  const root = join(await temporaryDirectory(), 'repo')
  await initRepo(root, { profile: 'test' })
  await change?.(root)
  return root
}

async function setConfig(root: string, section: string, values: Record<string, unknown>): Promise<void> {
  const path = join(root, 'config')
  await writeConfig(path, merge((await readConfig(path)).source, section, values))
}

describe('a peer', () => {
  it('trades a folder with another, and both keep the same account of it', async () => {
    const [alice, bob] = await Promise.all([peer(), peer()])
    const files = { 'dir/a': randomBytes(3_000_000), 'dir/sub/b': 'small', 'dir/sub/empty': '', 'dir/link': '-> a' }
    const events = await all(alice.service.add(candidatesOf(files)))
    const cid = events.flatMap((event) => (event.type === 'added' ? [event.cid] : [])).at(-1) ?? ''
    const tree = await bob.service.get(cid, { ...SIGNAL, from: [addressOf(alice)] })
    const found = new Map<string, unknown>()
    for await (const entry of tree.entries) {
      const path = entry.path.slice(1).join('/')
      found.set(path, entry.type === 'file' ? Buffer.from(await collect(entry.content)) : entry.type)
    }
    expect(Object.fromEntries(found)).toEqual({
      '': 'folder',
      a: files['dir/a'],
      link: 'link',
      sub: 'folder',
      'sub/b': Buffer.from('small'),
      'sub/empty': Buffer.alloc(0)
    })
    const [here, there] = [alice.bitswap.ledger(bob.libp2p.peerId), bob.bitswap.ledger(alice.libp2p.peerId)]
    expect(here?.bytesSent).toBeGreaterThan(3_000_000)
    expect(here?.bytesSent).toBe(there?.bytesReceived)
    expect(here?.bytesReceived).toBe(there?.bytesSent)
    expect(await bob.service.bitswapLedger(alice.libp2p.peerId.toString())).toMatchObject({
      bytesReceived: here?.bytesSent,
      bytesSent: 0
    })
  })

  it('serves a partner that waits as soon as the file is added', async () => {
    const [alice, bob] = await Promise.all([peer(), peer()])
    const cid = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
    await bob.service.swarmConnect(addressOf(alice))
    const waiting = bob.service.blockGet(cid, SIGNAL)
    await all(alice.service.add(candidatesOf({ file: 'hello\n' })))
    expect(Buffer.from(await waiting).toString()).toBe('hello\n')
  })

  it('sees its connections, and ends them', async () => {
    const [alice, bob] = await Promise.all([peer(), peer()])
    const name = alice.libp2p.peerId.toString()
    expect(await bob.service.swarmConnect(addressOf(alice))).toEqual({ peer: name })
    expect(await bob.service.swarmPeers()).toMatchObject([{ peer: name, direction: 'outbound' }])
    expect(await bob.service.swarmPeers()).toMatchObject([{ address: addressOf(alice).split('/p2p/')[0] }])
    expect((await bob.service.id(name)).id).toBe(name)
    expect((await bob.service.swarmAddresses()).has(name)).toBe(true)
    expect(await bob.service.swarmDisconnect(`/p2p/${name}`)).toEqual({ peer: name })
    expect(await bob.service.swarmPeers()).toEqual([])
    expect(await bob.service.swarmDisconnect(name)).toEqual({ peer: name, error: 'not connected' })
  })

  it('tells why it could not connect', async () => {
    const [alice, bob] = await Promise.all([peer(), peer()])
    const address = addressOf(alice)
    await alice.stop()
    expect(await bob.service.swarmConnect(address)).toMatchObject({
      peer: alice.libp2p.peerId.toString(),
      error: expect.any(String) as string
    })
  })

  it.each([
    ['Missing newline', (socket: Socket) => socket.end(Buffer.alloc(64))],
    ['Unexpected EOF', (socket: Socket) => socket.end()],
    ['Unexpected EOF', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')]
  ])('says what it means that something else listens there: %s', async (reason, answer) => {
    const server = createServer((socket) => answer(socket.on('error', () => undefined).resume()))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void server.close())
    const [bob, carol] = await Promise.all([peer(), peer()])
    const { port } = server.address() as AddressInfo
    const { error } = await bob.service.swarmConnect(`/ip4/127.0.0.1/tcp/${port}/p2p/${carol.libp2p.peerId.toString()}`)
    expect(error).toMatch(/^what listens there does not speak libp2p, .*: check address and port \(/u)
    expect(error).toContain(`(${reason}`)
  })

  it('says of every known address of a peer why it could not be reached there', async () => {
    const [bob, carol] = await Promise.all([peer(), peer()])
    await carol.stop()
    const [one, two] = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2']
    await bob.libp2p.peerStore.merge(carol.libp2p.peerId, { multiaddrs: [multiaddr(one), multiaddr(two)] })
    const { error } = await bob.service.swarmConnect(carol.libp2p.peerId.toString())
    expect(error?.split('\n')).toEqual([
      'none of 2 addresses could be reached:',
      expect.stringMatching(`^\\* ${one}: .*ECONNREFUSED`),
      expect.stringMatching(`^\\* ${two}: .*ECONNREFUSED`)
    ])
  })

  it('says who listens there in the place of the peer that was named', async () => {
    const [alice, bob, carol] = await Promise.all([peer(), peer(), peer()])
    const { error } = await bob.service.swarmConnect(`${bareAddressOf(carol)}/p2p/${alice.libp2p.peerId.toString()}`)
    expect(error).toBe('another peer than the one named listens there (Unexpected Peer)')
  })

  it('does not connect to a peer that refuses it, nor to one that it refuses itself', async () => {
    const [alice, bob] = await Promise.all([peer(), peer()])
    const [a, b] = [alice.libp2p.peerId.toString(), bob.libp2p.peerId.toString()]
    const refused = { peer: a, error: 'it closed the connection at once: it may have banned or denied this peer' }
    alice.bitswap.trust.ban(b)
    expect(await bob.service.swarmConnect(addressOf(alice))).toEqual(refused)
    alice.bitswap.trust.unban(b)
    alice.bitswap.policy.deny({ peer: b })
    expect(await bob.service.swarmConnect(addressOf(alice))).toEqual(refused)
    expect(await alice.service.swarmConnect(addressOf(bob))).toMatchObject({
      error: expect.stringContaining('a rule here denies this peer') as string
    })
    // Whom an address without a peer leads to is found out by connecting.
    expect(await alice.service.swarmConnect(bareAddressOf(bob), { anyPeer: true })).toEqual({
      peer: b,
      error: expect.stringContaining('a rule here denies this peer') as string
    })
    expect(await alice.service.swarmPeers()).toEqual([])
    alice.bitswap.policy.remove({ peer: b })
    alice.bitswap.trust.ban(b, { reason: 'we fell out' })
    expect(await alice.service.swarmConnect(addressOf(bob))).toMatchObject({
      error: expect.stringContaining('banned here for 15 min (we fell out)') as string
    })
    expect(await alice.service.swarmConnect(bareAddressOf(bob), { anyPeer: true })).toMatchObject({
      error: expect.stringContaining('banned here for 15 min (we fell out)') as string
    })
    alice.bitswap.trust.unban(b)
    expect(await bob.service.swarmConnect(addressOf(alice))).toEqual({ peer: a })
    expect(await alice.service.swarmConnect(bareAddressOf(bob), { anyPeer: true })).toEqual({ peer: b })
  })

  it('connects to one that speaks no bitswap', async () => {
    const [bob, node] = [await peer(), await startNode()]
    const address = node.getMultiaddrs()[0]?.toString() ?? ''
    expect(await bob.service.swarmConnect(address)).toEqual({ peer: node.peerId.toString() })
  })

  it.each([
    ['/ip4/127.0.0.1/tcp/4001', 'it must end with /p2p/<peer id>'],
    ['/ip4/nowhere', 'invalid peer address "/ip4/nowhere"'],
    ['nobody', '"nobody" is no peer id: expected one like'],
    ['', '"" is no peer id']
  ])('does not take "%s" for a peer', async (address, message) => {
    const alice = await peer()
    await expect(alice.service.swarmConnect(address)).rejects.toThrow(message)
  })

  it('tells of itself', async () => {
    const alice = await peer()
    const info = await alice.service.id()
    expect(await alice.service.id(alice.libp2p.peerId.toCID().toString())).toEqual(info)
    expect(info).toMatchObject({ id: alice.libp2p.peerId.toString(), addresses: [addressOf(alice)] })
    expect(info.agentVersion).toMatch(/^barter\/\d/u)
    expect(info.protocols).toContain('/ipfs/bitswap/1.2.0')
    expect(Buffer.from(info.publicKey, 'base64').subarray(0, 4).toString('hex')).toBe('08011220')
    await expect(alice.service.id('12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z')).rejects.toThrow(
      'is not known here: connect to it first'
    )
  })

  it('has an empty ledger for a stranger', async () => {
    const alice = await peer()
    const stranger = '12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z'
    const nothing = { debtRatio: 0, bytesSent: 0, bytesReceived: 0, exchanges: 0 }
    expect(await alice.service.bitswapLedger(stranger)).toEqual({ peer: stranger, ...nothing })
    expect(() => alice.service.bitswapLedger('nobody')).toThrow('"nobody" is no peer id')
  })

  it('shows what it wants while it waits', async () => {
    const alice = await peer()
    const cid = 'bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am'
    const controller = new AbortController()
    const waiting = alice.service.blockGet(cid, controller)
    await expect.poll(() => alice.service.bitswapWantlist()).toEqual([cid])
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(await alice.service.bitswapWantlist()).toEqual([])
  })

  it('removes blocks, and tells which were not there', async () => {
    const alice = await peer()
    const { cid } = await alice.service.blockPut(Buffer.from('x'))
    const missing = { cid, error: `ipld: could not find ${cid}` }
    expect(await alice.service.repoStat()).toMatchObject({ blocks: 1, size: 1 })
    expect(await all(alice.service.blockRemove([cid, cid]))).toEqual([{ cid }, missing])
    expect(await all(alice.service.blockRemove([cid], { force: true }))).toEqual([{ cid }])
    expect(await alice.service.repoStat()).toMatchObject({ blocks: 0, size: 0 })
  })

  it('refuses a block that no peer would take', async () => {
    const alice = await peer()
    await expect(alice.service.blockPut(new Uint8Array(2 * 1024 * 1024 + 1))).rejects.toThrow('over 2MiB')
  })

  it('can be stopped twice', async () => {
    const alice = await createPeer()
    await Promise.all([alice.stop(), alice.stop()])
    await alice.stop()
  })
})

describe('a peer on a repo', () => {
  it('is the same peer after a restart, with the same blocks and the same ledgers', async () => {
    const root = await newRepo()
    const bob = await peer()
    const alice = await createPeer({ repo: root })
    const { cid } = await alice.service.blockPut(Buffer.from('kept'))
    await bob.service.blockGet(cid, { ...SIGNAL, from: [addressOf(alice)] })
    const ledger = await alice.service.bitswapLedger(bob.libp2p.peerId.toString())
    await alice.stop()
    const again = await peer({ repo: root })
    expect(again.libp2p.peerId.toString()).toBe(alice.libp2p.peerId.toString())
    expect(Buffer.from(await again.service.blockGet(cid, { offline: true })).toString()).toBe('kept')
    const kept = await again.service.bitswapLedger(bob.libp2p.peerId.toString())
    expect(kept).toMatchObject({ bytesSent: 4, exchanges: ledger.exchanges })
  })

  it('leaves the repo free when it cannot start', async () => {
    const other = await peer()
    const taken = addressOf(other).split('/p2p/')[0] ?? ''
    const root = await newRepo((path) => setConfig(path, 'Addresses', { Swarm: [taken] }))
    await expect(createPeer({ repo: root })).rejects.toMatchObject({ code: 'ERR_PORT_IN_USE' })
    await setConfig(root, 'Addresses', { Swarm: ['/ip4/127.0.0.1/tcp/0'] })
    await expect(peer({ repo: root })).resolves.toBeDefined()
  })

  it('listens where it can, and tells where it cannot', async () => {
    const Swarm = ['/ip4/127.0.0.1/udp/0/quic-v1', '/ip4/127.0.0.1/tcp/0']
    const root = await newRepo((path) => setConfig(path, 'Addresses', { Swarm }))
    const warnings: string[] = []
    const alice = await peer({ repo: root, warn: (message) => warnings.push(message) })
    expect(alice.libp2p.getMultiaddrs()).toHaveLength(1)
    expect(warnings).toEqual(['not listening on /ip4/127.0.0.1/udp/0/quic-v1: Swarm.Transports.Network.QUIC is off'])
  })

  it('is not made where none of the addresses that were asked for can be listened on', async () => {
    const listen = ['/ip4/192.0.2.1/tcp/0', '/ip4/127.0.0.1/udp/0/quic-v1']
    const made = createPeer({ listen })
    await expect(made).rejects.toMatchObject({ code: 'ERR_LISTEN' })
    await expect(made).rejects.toThrow(/192\.0\.2\.1\/tcp\/0 \(.*EADDRNOTAVAIL.*\), .*quic-v1 \(/u)
    await expect(peer({ listen: [] })).resolves.toBeDefined()
  })

  it('serves nobody when its config says so', async () => {
    const root = await newRepo((path) => setConfig(path, 'Bitswap', { ServerEnabled: false }))
    const [alice, bob] = await Promise.all([peer({ repo: root }), peer()])
    const { cid } = await alice.service.blockPut(Buffer.from('mine'))
    const { cid: shared } = await bob.service.blockPut(Buffer.from('yours'))
    await bob.service.swarmConnect(addressOf(alice))
    expect(Buffer.from(await alice.service.blockGet(shared, SIGNAL)).toString()).toBe('yours')
    const impatient = { signal: AbortSignal.timeout(500) }
    await expect(bob.service.blockGet(cid, impatient)).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('announces what its config says', async () => {
    const Announce = ['/ip4/198.51.100.7/tcp/4001']
    const root = await newRepo((path) => setConfig(path, 'Addresses', { Announce }))
    const alice = await peer({ repo: root })
    expect(addressOf(alice)).toBe(`/ip4/198.51.100.7/tcp/4001/p2p/${alice.libp2p.peerId.toString()}`)
  })
})
