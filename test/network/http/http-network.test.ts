import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../../src/ids.ts'
import { MAX_HOSTS } from '../../../src/network/http/http-network.ts'
import { MAX_WANTS } from '../../../src/network/http/asked-wants.ts'
import { hostId } from '../../../src/network/http/http-host.ts'
import type { HttpRetrievalOptions } from '../../../src/network/http/http-options.ts'
import { blocks, Swarm, type SwarmPeer, type SwarmPeerOptions } from '../../support/swarm.ts'
import { addWithHttp, VirtualHttp } from '../../support/virtual-http.ts'

const ORIGIN = 'https://gateway.example'
const ADDRESS = '/dns4/gateway.example/tcp/443/https'
const OTHER = '/dns4/other.example/tcp/443/https'
const HOST = hostId(ORIGIN)
const NEVER = 60_000

async function world(options: SwarmPeerOptions & { readonly http?: Partial<HttpRetrievalOptions> } = {}) {
  // Slow enough for a host over HTTP to be of use beside a peer.
  const swarm = new Swarm({ link: { bytesPerSecond: 1_000_000 } })
  const http = new VirtualHttp(swarm)
  const host = http.host(ORIGIN)
  return { swarm, http, host, fetcher: await addWithHttp(swarm, http, options) }
}

/** Fetches, and says how many blocks came from whom. */
async function fetch(
  swarm: Swarm,
  peer: SwarmPeer,
  wanted: ReturnType<typeof blocks>,
  providers: readonly string[],
  limitMs = NEVER
) {
  const from = await swarm.fetch(peer, wanted, { providers: providers as never, limitMs })
  return Object.fromEntries([...from].map(([id, count]) => [id ?? 'here', count]))
}

describe('a session that fetches from an HTTP gateway', () => {
  it('asks for raw blocks, as many at a time as one host may be asked, and owes nothing', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(200, 1_000)
    host.has(wanted)
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS])).toEqual({ [HOST]: 200 })
    expect(host.asked[0]).toBe('HEAD /ipfs/bafkqaaa?format=raw')
    const gets = host.asked.filter((line) => line.startsWith('GET'))
    expect(new Set(gets)).toEqual(new Set(wanted.map(({ cid }) => `GET /ipfs/${cid.toString()}?format=raw`)))
    expect(gets.length).toBe(200)
    expect(host.mostUnderWay).toBe(12)
    expect(fetcher.bitswap.ledger(HOST)).toMatchObject({ bytesReceived: 200_000, bytesSent: 0 })
    await swarm.stop(fetcher)
  })

  it('mixes it with peers of bitswap: a thousand blocks come from both', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(1_000, 4_096)
    const seeder = await swarm.add('seeder')
    await seeder.has(wanted)
    host.has(wanted)
    await swarm.connect(fetcher, seeder)
    const from = await fetch(swarm, fetcher, wanted, [ADDRESS, seeder.id])
    expect(from[HOST]).toBeGreaterThan(300)
    expect(from[seeder.id]).toBeGreaterThan(100)
    expect(fetcher.bitswap.stat().dupBlocksReceived).toBeLessThan(40)
    await swarm.stop(fetcher, seeder)
  })

  it('asks it at once for the blocks that a peer turns out not to have', async () => {
    const { swarm, host, fetcher } = await world()
    const [first, ...wanted] = blocks(7)
    host.has([first ?? expect.fail(), ...wanted])
    const peer = await swarm.add('empty')
    await swarm.connect(fetcher, peer)
    const session = fetcher.bitswap.createSession({ providers: [ADDRESS, peer.id] })
    await swarm.clock.until(session.get(first?.cid ?? expect.fail()))
    // The peer says that it has nothing while the gateway is still being asked whether it has something.
    host.latencyMs = 300
    await swarm.clock.until(Promise.all(wanted.map(({ cid }) => session.get(cid))), 2_000)
    session.close()
    await swarm.stop(fetcher, peer)
  })

  it('goes to others for what it does not have: 404, 410, 403, 451 and redirects are no faults', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(60)
    const seeder = await swarm.add('seeder')
    await seeder.has(wanted)
    await swarm.connect(fetcher, seeder)
    const statuses = [404, 410, 403, 451, 301, 400]
    host.instead = ({ path }) =>
      path.includes('bafkqaaa') ? undefined : { status: statuses[host.asked.length % 6] ?? 404 }
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS, seeder.id], 10_000)).toEqual({ [seeder.id]: 60 })
    expect(fetcher.http.hosts()).toMatchObject([{ connected: true, coolDownMs: 0 }])
    await swarm.stop(fetcher, seeder)
  })

  it('does not take wrong bytes, and drops a host that lies; the blocks come from elsewhere', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(50)
    const seeder = await swarm.add('seeder')
    await seeder.has(wanted)
    await swarm.connect(fetcher, seeder)
    host.instead = ({ path, method }) =>
      method === 'GET' ? { status: 200, body: Buffer.from(`not ${path}`) } : undefined
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS, seeder.id], 10_000)).toEqual({ [seeder.id]: 50 })
    expect(fetcher.bitswap.trust.of(HOST)?.mismatches).toBeGreaterThan(0)
    await swarm.stop(fetcher, seeder)
  })

  it('is banned when it lies on, and then not asked again', async () => {
    const { swarm, host, fetcher } = await world()
    host.instead = ({ method }) => (method === 'GET' ? { status: 200, body: Buffer.from('lie') } : undefined)
    for (const { cid } of blocks(3)) {
      const signal = swarm.signalAfter(5_000)
      await swarm.clock.until(fetcher.bitswap.get(cid, { providers: [ADDRESS], signal }).catch(() => undefined))
    }
    expect(fetcher.bitswap.trust.of(HOST)?.banned).toBeDefined()
    expect(fetcher.http.hosts()).toMatchObject([{ connected: false }])
    const asked = host.asked.length
    await swarm.clock.until(fetcher.network.connect({ addresses: [ADDRESS] }).catch(() => undefined))
    expect(host.asked.length).toBe(asked)
    await swarm.stop(fetcher)
  })

  it('is passed over while it stalls, and what stalls is given up', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(100)
    const seeder = await swarm.add('seeder')
    await seeder.has(wanted)
    await swarm.connect(fetcher, seeder)
    host.instead = ({ method }) => (method === 'GET' ? 'hang' : undefined)
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS, seeder.id], 15_000)).toEqual({ [seeder.id]: 100 })
    await swarm.clock.advance(20_000)
    expect(host.underWay).toBe(0)
    await swarm.stop(fetcher, seeder)
  })

  it('dies in the middle: the rest comes from elsewhere, and it is looked for again, later and later', async () => {
    const { swarm, http, host, fetcher } = await world()
    const wanted = blocks(300, 1_000)
    const seeder = await swarm.add('seeder')
    await seeder.has(wanted)
    host.has(wanted)
    await swarm.connect(fetcher, seeder)
    host.instead = () => {
      if (host.asked.length > 50) http.hosts.delete(ORIGIN)
      return host.asked.length > 50 ? 'refuse' : undefined
    }
    const from = await fetch(swarm, fetcher, wanted, [ADDRESS, seeder.id], 30_000)
    expect((from[HOST] ?? 0) + (from[seeder.id] ?? 0)).toBe(300)
    expect(fetcher.http.hosts()).toMatchObject([{ connected: false }])
    await swarm.clock.advance(60_000)
    http.hosts.set(ORIGIN, host)
    host.instead = () => undefined
    await swarm.clock.advance(60_000)
    const more = blocks(10, 1_000, 5_000)
    host.has(more)
    expect(await fetch(swarm, fetcher, more, [ADDRESS])).toEqual({ [HOST]: 10 })
    await swarm.stop(fetcher, seeder)
  })

  it('is left alone as long as it asks for with 429, while others are asked; then it comes back by itself', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(400, 1_000)
    host.has(wanted)
    let busyUntil = Infinity
    host.instead = ({ method }) => {
      if (method !== 'GET' || host.asked.length < 30 || swarm.clock.now() > busyUntil) return undefined
      if (busyUntil === Infinity) busyUntil = swarm.clock.now() + 10_000
      return { status: 429, retryAfter: '10' }
    }
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS])).toEqual({ [HOST]: 400 })
    // Those under way when the first was refused, and nobody in the ten seconds after.
    expect(host.asked.length).toBeLessThan(460)
    expect(swarm.clock.now()).toBeGreaterThan(10_000)
    expect(swarm.clock.now()).toBeLessThan(20_000)
    await swarm.stop(fetcher)
  })

  it('waits out a short pause, and asks for less at a time from then on', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(200, 1_000)
    host.has(wanted)
    host.instead = ({ method }) =>
      method === 'GET' && host.underWay > 4 ? { status: 503, retryAfter: '1' } : undefined
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS])).toEqual({ [HOST]: 200 })
    host.mostUnderWay = 0
    const more = blocks(100, 1_000, 5_000)
    host.has(more)
    expect(await fetch(swarm, fetcher, more, [ADDRESS])).toEqual({ [HOST]: 100 })
    expect(host.mostUnderWay).toBeLessThan(12)
    await swarm.stop(fetcher)
  })

  it('tries a block once more when the host fails, and the next host then', async () => {
    const { swarm, http, host, fetcher } = await world()
    const wanted = blocks(40)
    host.has(wanted)
    let failures = 0
    host.instead = ({ method }) => (method === 'GET' && failures++ % 4 === 0 ? { status: 500 } : undefined)
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS])).toEqual({ [HOST]: 40 })
    const more = blocks(40, 64, 1_000)
    host.instead = ({ method }) => (method === 'GET' ? { status: 502 } : undefined)
    http.host('https://other.example').has(more)
    expect(await fetch(swarm, fetcher, more, [ADDRESS, OTHER])).toEqual({ [hostId('https://other.example')]: 40 })
    await swarm.stop(fetcher)
  })

  it('takes no block larger than it may be, and does not hold that against the host', async () => {
    const { swarm, host, fetcher } = await world({ http: { maxBlockBytes: 1_000 } })
    const [small, large] = [blocks(1, 1_000), blocks(1, 1_001, 10)]
    host.has([...small, ...large])
    expect(await fetch(swarm, fetcher, small, [ADDRESS])).toEqual({ [HOST]: 1 })
    const signal = swarm.signalAfter(20_000)
    const got = fetcher.bitswap.get(large[0]?.cid ?? expect.fail(), { providers: [ADDRESS], signal })
    await expect(swarm.clock.until(got)).rejects.toThrow('time is up')
    expect(fetcher.http.hosts()).toMatchObject([{ connected: true, coolDownMs: 0 }])
    await swarm.stop(fetcher)
  })

  it('is known to be slow, and not silent, while a large block comes', async () => {
    const { swarm, host, fetcher } = await world()
    host.bytesPerSecond = 60_000
    const wanted = blocks(3, 1_000_000)
    host.has(wanted)
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS], 120_000)).toEqual({ [HOST]: 3 })
    expect(host.asked.filter((line) => line.startsWith('GET')).length).toBe(3)
    await swarm.stop(fetcher)
  })

  it('is not asked any more for what nobody wants', async () => {
    const { swarm, host, fetcher } = await world()
    host.instead = ({ method }) => (method === 'GET' ? 'hang' : undefined)
    const abort = new AbortController()
    const gets = blocks(30).map(({ cid }) => fetcher.bitswap.get(cid, { providers: [ADDRESS], signal: abort.signal }))
    const settled = Promise.allSettled(gets)
    await swarm.clock.advance(500)
    expect(host.underWay).toBe(12)
    abort.abort(new Error('no longer'))
    await swarm.clock.until(settled)
    await swarm.clock.advance(1_000)
    expect(host.underWay).toBe(0)
    await swarm.stop(fetcher)
  })
})

describe('an HTTP host as a peer', () => {
  it('need not answer HEAD: then it is asked for blocks alone', async () => {
    const { swarm, host, fetcher } = await world()
    const wanted = blocks(20)
    host.has(wanted)
    host.instead = ({ method }) => (method === 'HEAD' ? { status: 405 } : undefined)
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS])).toEqual({ [HOST]: 20 })
    expect(host.asked.filter((line) => line.startsWith('HEAD')).length).toBe(1)
    await swarm.stop(fetcher)
  })

  it.each([
    ['it is no gateway', { status: 500 }, 'no trustless gateway: it answered 500'],
    ['it is busy', { status: 429, retryAfter: '30' }, 'asks to be left alone'],
    ['it cannot be reached', 'refuse' as const, 'ECONNRESET'],
    ['it does not answer', 'hang' as const, 'nothing came for 5000 ms']
  ])('cannot be connected to when %s, and is not knocked at again at once', async (_name, answer, message) => {
    const { swarm, host, fetcher } = await world()
    host.instead = () => answer
    const connect = () => swarm.clock.until(fetcher.network.connect({ addresses: [ADDRESS] }))
    await expect(connect()).rejects.toThrow(message)
    const asked = host.asked.length
    await expect(connect()).rejects.toThrow('is left alone for')
    expect(host.asked.length).toBe(asked)
    host.instead = () => undefined
    await swarm.clock.advance(60_000)
    expect(await connect()).toBe(HOST)
    await swarm.stop(fetcher)
  })

  it('is found by any of its addresses, and is the same for all peers that name it', async () => {
    const { swarm, host, fetcher } = await world()
    const [one, two] = [toPeerId('one'), toPeerId('two')]
    const connect = (peer: typeof one, addresses: string[]) =>
      swarm.clock.until(fetcher.network.connect({ peer, addresses }))
    expect(await connect(one, ['/dns/dead.example/https', ADDRESS])).toBe(HOST)
    expect(await connect(two, ['/dns/gateway.example/tcp/443/tls/http'])).toBe(HOST)
    expect(host.asked.length).toBe(1)
    await swarm.stop(fetcher)
  })

  it('is connected once when its owner names it while it is being looked for, and stays so while it is asked', async () => {
    const { swarm, host, fetcher } = await world({ http: { idleMs: 10_000 } })
    const named = { addresses: [ADDRESS], isNamed: true }
    const connected = Promise.all([{ addresses: [ADDRESS] }, named, named].map((one) => fetcher.network.connect(one)))
    expect(await swarm.clock.until(connected)).toEqual([HOST, HOST, HOST])
    expect(host.asked.length).toBe(1)
    await swarm.clock.advance(5_000)
    const wanted = blocks(5)
    host.has(wanted)
    expect(await fetch(swarm, fetcher, wanted, [ADDRESS])).toEqual({ [HOST]: 5 })
    await swarm.clock.advance(9_000)
    expect([fetcher.bitswap.stat().partners, fetcher.http.hosts()]).toMatchObject([[HOST], [{ connected: true }]])
    await swarm.clock.advance(9_000)
    expect([fetcher.bitswap.stat().partners, fetcher.http.hosts()]).toMatchObject([[], [{ connected: false }]])
    await swarm.stop(fetcher)
  })

  it('may be near when its owner names it while it is looked for as far away, and is looked for again then', async () => {
    const { swarm, host, fetcher } = await world()
    host.instead = ({ mayBePrivate }) => (mayBePrivate ? undefined : 'refuse')
    const [stranger, owner] = [false, true].map((isNamed) =>
      fetcher.network.connect({ addresses: [ADDRESS], isNamed }).catch((error: unknown) => error)
    )
    expect(await swarm.clock.until(stranger ?? expect.fail())).toMatchObject({ code: 'ERR_SEND_FAILED' })
    expect(await swarm.clock.until(owner ?? expect.fail())).toBe(HOST)
    await swarm.stop(fetcher)
  })

  it('is not looked for once more when the network stops meanwhile', async () => {
    const { swarm, host, fetcher } = await world()
    host.instead = () => 'hang'
    const connect = (isNamed: boolean) => fetcher.network.connect({ addresses: [ADDRESS], isNamed })
    const settled = Promise.allSettled([connect(false), connect(true)])
    await swarm.stop(fetcher)
    expect((await swarm.clock.until(settled)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect([host.asked.length, fetcher.http.hosts()]).toEqual([1, []])
  })

  it('is not asked when a peer that names it is denied, when lists say no, or when it is near and nobody of ours named it', async () => {
    const { swarm, http, fetcher } = await world({ http: { denylist: ['denied.example'] } })
    http.host('http://127.0.0.1:8080')
    http.host('https://denied.example')
    const connect = (provider: Parameters<typeof fetcher.network.connect>[0]) =>
      swarm.clock.until(fetcher.network.connect(provider))
    fetcher.bitswap.policy.deny({ peer: 'one' })
    await expect(connect({ peer: toPeerId('one'), addresses: [ADDRESS] })).rejects.toThrow('denied or banned')
    fetcher.bitswap.policy.deny({ peer: HOST })
    await expect(connect({ addresses: [ADDRESS] })).rejects.toThrow('denied or banned')
    await expect(connect({ addresses: ['/dns/denied.example/https'] })).rejects.toThrow('Denylist')
    await expect(connect({ addresses: ['/dns/gateway.example/http'] })).rejects.toThrow('over https alone')
    const near = '/ip4/127.0.0.1/tcp/8080/http'
    await expect(connect({ addresses: [near] })).rejects.toThrow('on a private network')
    expect(await connect({ addresses: [near], isNamed: true })).toBe(hostId('http://127.0.0.1:8080'))
    await swarm.stop(fetcher)
  })

  it('leaves when it is denied', async () => {
    const { swarm, fetcher } = await world()
    await swarm.clock.until(fetcher.network.connect({ addresses: [ADDRESS] }))
    expect(fetcher.bitswap.stat().partners).toEqual([HOST])
    fetcher.bitswap.policy.deny({ peer: HOST })
    await swarm.clock.advance(1)
    expect(fetcher.bitswap.stat().partners).toEqual([])
    await swarm.stop(fetcher)
  })

  it('is left when nothing is asked of it for long, and when it has nothing of what is wanted', async () => {
    const { swarm, host, fetcher } = await world({ http: { idleMs: 10_000 } })
    await swarm.clock.until(fetcher.network.connect({ addresses: [ADDRESS] }))
    await swarm.clock.advance(10_001)
    expect(fetcher.bitswap.stat().partners).toEqual([])
    const abort = swarm.signalAfter(300_000)
    const gets = blocks(200).map(({ cid }) => fetcher.bitswap.get(cid, { providers: [ADDRESS], signal: abort }))
    await swarm.clock.until(Promise.allSettled(gets))
    // Each is asked for with every return, further and further apart.
    expect(host.asked.length).toBeLessThan(200 * 8)
    await swarm.stop(fetcher)
  })

  it('hears no more than it can be asked, and MAX_HOSTS are remembered', async () => {
    const { swarm, http, host, fetcher } = await world()
    host.instead = ({ method }) => (method === 'GET' ? 'hang' : undefined)
    await swarm.clock.until(fetcher.network.connect({ addresses: [ADDRESS] }))
    const wants = blocks(MAX_WANTS + 50).map(({ cid }) => ({
      cid,
      type: 'block' as const,
      priority: 1,
      sendDontHave: true
    }))
    const { cidKey } = await import('../../../src/ids.ts')
    const { createMessage } = await import('../../../src/message/message.ts')
    const before = fetcher.bitswap.stat().messagesReceived
    await swarm.clock.until(
      fetcher.network.send(HOST, createMessage({ wants: wants.map((want) => ({ ...want, key: cidKey(want.cid) })) }))
    )
    await swarm.clock.advance(1)
    expect(fetcher.bitswap.stat().messagesReceived).toBe(before + 1)
    for (let index = 0; index < MAX_HOSTS + 20; index++) {
      const name = `host-${index}.example`
      if (index % 2 === 0) http.host(`https://${name}`)
      await swarm.clock.until(fetcher.network.connect({ addresses: [`/dns/${name}/https`] }).catch(() => undefined))
    }
    expect(fetcher.http.hosts().length).toBe(MAX_HOSTS)
    expect(fetcher.http.hosts().filter(({ connected }) => connected).length).toBe(MAX_HOSTS / 2 + 11)
    await swarm.stop(fetcher)
    expect(fetcher.http.hosts()).toEqual([])
  })

  it('shares the workers: one that hangs does not keep another from being asked', async () => {
    const { swarm, http, host, fetcher } = await world()
    host.instead = ({ method }) => (method === 'GET' ? 'hang' : undefined)
    const wanted = blocks(40)
    const other = http.host('https://other.example').has(wanted)
    const hanging = blocks(100, 64, 500).map(({ cid }) =>
      fetcher.bitswap.get(cid, { providers: [ADDRESS], signal: swarm.signalAfter(30_000) })
    )
    const settled = Promise.allSettled(hanging)
    await swarm.clock.advance(100)
    expect(await fetch(swarm, fetcher, wanted, [OTHER], 5_000)).toEqual({ [hostId('https://other.example')]: 40 })
    expect([host.mostUnderWay, other.mostUnderWay]).toEqual([12, 4])
    await swarm.clock.until(settled)
    await swarm.stop(fetcher)
  })
})
