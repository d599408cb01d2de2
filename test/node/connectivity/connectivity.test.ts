import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import type { PeerInit } from '../../../src/node/peer-init.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SIGNAL = { signal: AbortSignal.timeout(60_000) }

async function peer(init: PeerInit = {}): Promise<Peer> {
  const made = await createPeer(init)
  onTestFinished(() => made.stop())
  return made
}

const addressesOf = ({ libp2p }: Peer): string[] => libp2p.getMultiaddrs().map(String)
const addressOf = (one: Peer): string => addressesOf(one)[0] ?? ''
const nameOf = ({ libp2p }: Peer): string => libp2p.peerId.toString()
const peersOf = ({ libp2p }: Peer): string[] => libp2p.getPeers().map(String)

describe('a peer on loopback', () => {
  it('trades over WebSocket', async () => {
    const [alice, bob] = [await peer({ listen: ['/ip4/127.0.0.1/tcp/0/ws'] }), await peer()]
    expect(addressOf(alice)).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/ws\/p2p\//u)
    const bytes = randomBytes(1_900_000)
    const { cid } = await alice.service.blockPut(bytes)
    const received = await bob.service.blockGet(cid, { ...SIGNAL, from: [addressOf(alice)] })
    expect(Buffer.from(received).equals(bytes)).toBe(true)
    expect((await bob.service.swarmPeers())[0]?.address).toContain('/ws')
  })

  it('has no transport that is switched off', async () => {
    const alice = await peer({ listen: ['/ip4/127.0.0.1/tcp/0/ws', '/ip4/127.0.0.1/tcp/0'] })
    const bob = await peer({ config: { Swarm: { Transports: { Network: { Websocket: false } } } } })
    const [tcp, ws] = addressesOf(alice).sort((a, b) => a.indexOf('/ws/') - b.indexOf('/ws/'))
    expect(await bob.service.swarmConnect(ws ?? '')).toHaveProperty('error')
    expect(await bob.service.swarmConnect(tcp ?? '')).toEqual({ peer: nameOf(alice) })
  })

  it('secures connections as its config says', async () => {
    const alice = await peer({ config: { Swarm: { Transports: { Security: { TLS: false } } } } })
    const bob = await peer()
    await bob.service.swarmConnect(addressOf(alice))
    expect(bob.libp2p.getConnections()[0]?.encryption).toBe('/noise')
  })

  it('neither dials nor accepts filtered addresses', async () => {
    const filtering = { Swarm: { AddrFilters: ['/ip4/127.0.0.0/ipcidr/8'] } }
    const [alice, bob] = [await peer({ config: filtering }), await peer()]
    const out = await alice.service.swarmConnect(addressOf(bob))
    expect(out.error).toContain('gater denied all addresses')
    expect(await bob.service.swarmConnect(addressOf(alice))).toHaveProperty('error')
    expect([peersOf(alice), peersOf(bob)]).toEqual([[], []])
  })

  it('tells others of the addresses that it may be told by', async () => {
    const AppendAnnounce = ['/ip4/198.51.100.7/tcp/4001', '/dns4/example.com/tcp/4001']
    const NoAnnounce = ['/ip4/127.0.0.0/ipcidr/8', '/dns4/example.com/tcp/4001']
    const alice = await peer({ config: { Addresses: { AppendAnnounce, NoAnnounce } } })
    expect(addressesOf(alice)).toEqual([`/ip4/198.51.100.7/tcp/4001/p2p/${nameOf(alice)}`])
  })

  it('begins with the peers of its bootstrap list', async () => {
    const alice = await peer()
    const bob = await peer({ config: { Bootstrap: [addressOf(alice)] } })
    await expect.poll(() => peersOf(bob), { timeout: 10_000 }).toEqual([nameOf(alice)])
    const carol = await peer()
    expect(await carol.service.bootstrapAdd([addressOf(alice)])).toEqual([addressOf(alice)])
    await expect.poll(() => peersOf(carol), { timeout: 10_000 }).toEqual([nameOf(alice)])
    const quiet = await peer({ config: { Bootstrap: [addressOf(alice)] }, quiet: true })
    expect(await quiet.service.bootstrapList()).toEqual([addressOf(alice)])
    expect(peersOf(quiet)).toEqual([])
  })

  it('stays with the peers that its config names, and closes others when there are too many', async () => {
    const friend = await peer()
    const alice = await peer({
      config: {
        Peering: { Peers: [{ ID: nameOf(friend), Addrs: [addressOf(friend)] }] },
        Swarm: { ConnMgr: { HighWater: 2, LowWater: 1, GracePeriod: '0s', SilencePeriod: '200ms' } }
      }
    })
    await expect.poll(() => peersOf(alice), { timeout: 10_000 }).toEqual([nameOf(friend)])
    for (let others = 0; others < 2; others++) {
      const other = await peer()
      await other.service.swarmConnect(addressOf(alice))
    }
    await expect.poll(() => peersOf(alice), { timeout: 10_000 }).toEqual([nameOf(friend)])
    expect(await alice.service.peeringList()).toEqual([{ peer: nameOf(friend), addresses: [addressOf(friend)] }])
    const known = await alice.libp2p.peerStore.get(friend.libp2p.peerId)
    expect(known.tags.get('barter-kept')?.value).toBe(100)
    await alice.service.peeringRemove(nameOf(friend))
    const forgotten = await alice.libp2p.peerStore.get(friend.libp2p.peerId)
    expect(forgotten.tags.has('barter-kept')).toBe(false)
  })

  it('knows after a restart where others are', async () => {
    const root = join(await temporaryDirectory(), 'repo')
    await initRepo(root, { profile: 'test' })
    const alice = await peer()
    const before = await createPeer({ repo: root })
    await before.service.swarmConnect(addressOf(alice))
    await before.stop()
    const after = await peer({ repo: root })
    expect(await after.service.swarmConnect(`/p2p/${nameOf(alice)}`)).toEqual({ peer: nameOf(alice) })
  })

  it('is not to be kept by itself', async () => {
    const alice = await peer()
    await expect(alice.service.peeringAdd(addressOf(alice))).rejects.toThrow('is this peer itself')
    await expect(alice.service.peeringAdd('/ip4/127.0.0.1/tcp/1')).rejects.toThrow('it must end with /p2p/<peer id>')
  })

  it('runs the services of the application beside its own', async () => {
    const greeter = () => ({ greet: (name: string) => `hello ${name}` })
    const alice = await createPeer({ services: { greeter } })
    onTestFinished(() => alice.stop())
    expect(alice.libp2p.services.greeter.greet('bob')).toBe('hello bob')
    expect(alice.libp2p.services.ping).toBeDefined()
  })
})
