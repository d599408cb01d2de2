import { CID } from 'multiformats/cid'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, oneChunk } from '../../../src/api/formats/collect.ts'
import type { RoutingEvent } from '../../../src/api/service/routing-service.ts'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import type { PeerInit } from '../../../src/node/peer-init.ts'
import { initRepo } from '../../../src/node/repo/repo-init.ts'
import { lines, object, startDelegatedServer, status } from '../../support/delegated-server.ts'
import { eventually } from '../../support/eventually.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const HELLO = Buffer.from('hello from afar')

async function startPeer(config: Record<string, unknown> = {}, init: PeerInit = {}): Promise<Peer> {
  const peer = await createPeer({ ...(init.repo === undefined ? { config: { ...config } } : {}), ...init })
  onTestFinished(() => peer.stop())
  return peer
}

/** Peers of one machine that take part in the DHT of its network. */
function dht(Type = 'dht', more: Record<string, unknown> = {}): Record<string, unknown> {
  return { Routing: { Type, LoopbackAddressesOnLanDHT: true }, ...more }
}

async function add(peer: Peer, bytes: Uint8Array = HELLO): Promise<string> {
  let root = ''
  const file = { type: 'file', path: '', content: oneChunk(bytes) } as const
  for await (const event of peer.service.add(one(file))) if (event.type === 'added') root = event.cid
  return root
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value)
}

async function cat(peer: Peer, cid: string): Promise<string> {
  const { content } = await peer.service.cat(cid, { signal: AbortSignal.timeout(15_000) })
  return Buffer.from(await collect(content)).toString()
}

async function connect(peer: Peer, other: Peer): Promise<void> {
  await peer.libp2p.dial(other.libp2p.getMultiaddrs())
}

async function provided(peer: Peer): Promise<number> {
  return (await peer.service.routing.provideStat()).info?.provided ?? 0
}

async function isProvided(peer: Peer, count = 1): Promise<void> {
  let now = 0
  await eventually(() => {
    void provided(peer).then((value) => (now = value))
    return now >= count
  }, `${count} keys are provided`)
}

async function events(source: AsyncIterable<RoutingEvent>): Promise<RoutingEvent[]> {
  const found: RoutingEvent[] = []
  for await (const event of source) found.push(event)
  return found
}

describe('peers with the DHT of their network', () => {
  it('what one adds is provided by itself, and another, that never heard of it, fetches it without a hint', async () => {
    const middle = await startPeer(dht())
    const giver = await startPeer(dht('dhtclient'))
    const seeker = await startPeer(dht('dhtclient'))
    await connect(giver, middle)
    await connect(seeker, middle)
    const root = await add(giver)
    await isProvided(giver)
    expect(seeker.libp2p.getPeers().some((peer) => peer.equals(giver.libp2p.peerId))).toBe(false)
    expect(await events(seeker.service.routing.findProviders(root, { count: 1 }))).toMatchObject([
      { type: 'provider', peer: { id: giver.libp2p.peerId.toString() } }
    ])
    expect(await cat(seeker, root)).toBe(HELLO.toString())
    expect(seeker.bitswap.ledger(giver.libp2p.peerId)?.bytesReceived).toBe(HELLO.byteLength)
    const { addresses } = await seeker.service.routing.findPeer(giver.libp2p.peerId.toString())
    expect(addresses.length).toBeGreaterThan(0)
  })

  it('what was added before anybody was there is provided once a peer connects', async () => {
    const [giver, other] = [await startPeer(dht()), await startPeer(dht())]
    await add(giver)
    await connect(other, giver)
    await isProvided(giver)
  })

  it('a user provides by hand, all of a folder; who took it is told', async () => {
    const none = { Provide: { Strategy: 'none' } }
    const [giver, other] = [await startPeer(dht('dht', none)), await startPeer(dht())]
    const root = await add(giver, new Uint8Array(600_000))
    const { routing } = giver.service
    await expect(events(routing.provide([root]))).rejects.toThrow('cannot provide: no connected peers')
    await connect(giver, other)
    await expect(events(routing.provide([MISSING]))).rejects.toThrow(
      `block ${MISSING} not found locally, cannot provide`
    )
    await eventually(() => giver.libp2p.getPeers().length > 0, 'they are connected')
    let told: RoutingEvent[] = []
    // The other is asked whether it takes part before it is told anything.
    await until(async () => (told = await events(routing.provide([root], { recursive: true }))).length > 0)
    // The root and two chunks: equal ones are one.
    expect(told.length).toBe(3)
    expect(told[0]).toEqual({ type: 'final-peer', peer: { id: other.libp2p.peerId.toString(), addresses: [] } })
    await expect(first(routing.provideOnce([root]))).rejects.toThrow('Provide.Strategy is "none"')
    expect(routing.provideStat()).toEqual({ strategy: 'none', info: undefined })
  })

  it('with the strategy "all", every block is provided', async () => {
    const [giver, other] = [await startPeer(dht('dht', { Provide: { Strategy: 'all' } })), await startPeer(dht())]
    await connect(giver, other)
    await add(
      giver,
      new Uint8Array(300_000).map((_, index) => index >> 10)
    )
    await giver.service.blockPut(HELLO)
    await isProvided(giver, 4)
  })

  it('with the strategy "pinned", every block below a pin is provided, and nothing else', async () => {
    const [giver, other] = [await startPeer(dht('dht', { Provide: { Strategy: 'pinned' } })), await startPeer(dht())]
    await connect(giver, other)
    const loose = await giver.service.blockPut(Buffer.from('loose'))
    const bytes = new Uint8Array(300_000).map((_, index) => index >> 10)
    await add(giver, bytes)
    // The file and its two parts.
    await isProvided(giver, 3)
    const later = await giver.service.blockPut(HELLO, { pin: true })
    await isProvided(giver, 4)
    const has = async (cid: string): Promise<boolean> =>
      (await events(other.service.routing.findProviders(cid, { count: 1 }))).some(({ type }) => type === 'provider')
    expect([await has(later.cid), await has(loose.cid), await provided(giver)]).toEqual([true, false, 4])
  })

  it('with the strategy "all", what was fetched is provided at once, too, and by roots it is not', async () => {
    const [giver, middle] = [await startPeer(dht('none')), await startPeer(dht())]
    const all = await startPeer(dht('dht', { Provide: { Strategy: 'all' } }))
    const roots = await startPeer(dht('dht', { Provide: { Strategy: 'roots' } }))
    const root = await add(giver)
    for (const taker of [all, roots]) {
      await connect(taker, middle)
      await connect(taker, giver)
      expect(await cat(taker, root)).toBe(HELLO.toString())
    }
    await isProvided(all)
    const found = await events(middle.service.routing.findProviders(root, { count: 1 }))
    expect(found).toMatchObject([{ type: 'provider', peer: { id: all.libp2p.peerId.toString() } }])
    expect(await provided(roots)).toBe(0)
  })
})

describe('peers with delegated routers', () => {
  it('fetch without a hint, though one router is dead, one refuses and one talks nonsense', async () => {
    const giver = await startPeer()
    const root = await add(giver)
    const ID = giver.libp2p.peerId.toString()
    const Addrs = giver.libp2p.getMultiaddrs().map((address) => address.toString().replace(`/p2p/${ID}`, ''))
    const good = await startDelegatedServer(lines([{ Schema: 'peer', ID, Addrs, Protocols: ['transport-bitswap'] }]))
    const silent = await startDelegatedServer(() => undefined)
    const refusing = await startDelegatedServer(status(503, { 'retry-after': '60' }))
    const nonsense = await startDelegatedServer(object({ Providers: [{ ID: 'x' }, 7, null] }))
    const DelegatedRouters = [silent, refusing, nonsense, good].map(({ url }) => url.href)
    const seeker = await startPeer({
      Routing: { Type: 'delegated', DelegatedRouters: ['http://127.0.0.1:1', ...DelegatedRouters] }
    })
    expect(await cat(seeker, root)).toBe(HELLO.toString())
    const found = await events(seeker.service.routing.findProviders(root, { count: 1 }))
    expect(found.at(-1)).toMatchObject({ type: 'provider', peer: { id: ID, addresses: Addrs } })
    await expect(events(seeker.service.routing.provide([root]))).rejects.toThrow('no router here takes records')
    expect(seeker.service.routing.provideStat()).toMatchObject({ info: undefined })
  })
})

describe('a peer without routing', () => {
  it('says what to do', async () => {
    const peer = await startPeer()
    const { routing } = peer.service
    await expect(events(routing.findProviders(MISSING))).rejects.toThrow('Set it to auto')
    await expect(routing.findPeer(peer.libp2p.peerId.toString())).rejects.toThrow('routing is off')
    await expect(events(routing.findProviders('x'))).rejects.toMatchObject({ name: 'InvalidParametersError' })
    const quiet = await startPeer(dht(), { quiet: true })
    await expect(events(quiet.service.routing.findProviders(MISSING))).rejects.toThrow('without --offline')
  })

  it('knows where those are that it is connected to, and those it met, and asks nobody', async () => {
    const [peer, other] = [await startPeer(), await startPeer()]
    const stranger = await startPeer()
    await connect(peer, other)
    const id = other.libp2p.peerId.toString()
    const at = other.libp2p.getMultiaddrs().map((address) => address.toString().replace(`/p2p/${id}`, ''))
    const find = async (): Promise<unknown> => await peer.service.routing.findPeer(id)
    expect(await find()).toEqual({ id, addresses: at })
    const stored = async () => (await peer.libp2p.peerStore.all()).flatMap(({ addresses }) => addresses)
    await expect.poll(stored).not.toEqual([])
    await peer.libp2p.hangUp(other.libp2p.peerId)
    expect(peer.libp2p.getPeers()).toEqual([])
    expect(await find()).toEqual({ id, addresses: at })
    await expect(peer.service.routing.findPeer(stranger.libp2p.peerId.toString())).rejects.toThrow('routing is off')
  })

  it('asks the providers that its config names', async () => {
    const giver = await startPeer()
    const root = await add(giver)
    const seeker = await startPeer({ Barter: { Providers: giver.libp2p.getMultiaddrs().map(String) } })
    expect(await cat(seeker, root)).toBe(HELLO.toString())
  })
})

describe('a peer on a repo', () => {
  it('provides after a restart what was added before it, once', async () => {
    const repo = await temporaryDirectory()
    await initRepo(repo, { profile: 'test' })
    const alone = await startPeer({}, { repo })
    const root = await add(alone)
    expect(alone.service.routing.provideStat()).toMatchObject({ strategy: 'roots', info: { workers: 4 } })
    await alone.stop()
    const other = await startPeer(dht())
    const giver = await startPeer({}, { repo })
    await connect(giver, other)
    await isProvided(giver)
    const found = await events(other.service.routing.findProviders(root, { count: 1 }))
    expect(found).toMatchObject([{ type: 'provider', peer: { id: giver.libp2p.peerId.toString() } }])
    await giver.stop()
    const again = await startPeer({}, { repo })
    await connect(again, other)
    const { info } = await again.service.routing.provideStat()
    expect([info?.queued, info?.provided]).toEqual([0, 0])
  })
})

const MISSING = CID.parse('bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku').toString()

async function first(source: AsyncIterable<string>): Promise<string | undefined> {
  for await (const value of source) return value
  return undefined
}

/** Tries again until it works; fails with the test's own time. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await holds().catch(() => false)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a choice of routing at the start', () => {
  it('nobody is told of a key while nobody is connected, and that is no failure', async () => {
    const alone = await startPeer(dht('auto'))
    await add(alone)
    const stat = async () => (await alone.service.routing.provideStat()).info
    await expect.poll(stat).toMatchObject({ state: 'waiting', queued: 1, failed: 0, lastError: undefined })
    const { findings } = await alone.service.insight.diagnose()
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
    expect(findings.map(({ code }) => code)).not.toContain('providing-error')
  })

  it('goes before the config, both ways', async () => {
    const off = await startPeer(dht(), { routing: 'none' })
    await expect(events(off.service.routing.findProviders(MISSING))).rejects.toThrow('routing is off')
    const on = await startPeer(dht('none'), { routing: 'dht' })
    await expect(events(on.service.routing.findProviders(MISSING))).resolves.toBeDefined()
  })
})
