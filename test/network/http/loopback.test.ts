/** Fetching over HTTP between real peers and servers on loopback. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { GatewayServer } from '../../../src/gateway/gateway-server.ts'
import { hostId } from '../../../src/network/http/http-host.ts'
import type { HttpRequest } from '../../../src/network/http/http-port.ts'
import { NodeHttp } from '../../../src/network/http/node-http.ts'
import type { JsonObject } from '../../../src/node/config/json.ts'
import { createPeer, type Peer } from '../../../src/node/peer.ts'
import { addressScope } from '../../../src/routing/address-scope.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { numberedBlock, type SampleBlock } from '../../../src/testing/sample-blocks.ts'
import { lines, startDelegatedServer } from '../../support/delegated-server.ts'
import { eventually } from '../../support/eventually.ts'

const PEER = '12D3KooWH3uVF6wv47WnArKHk5p6cvgCJEb74UTmxztmQDc298L3'
const MIB = 1024 * 1024

function someBlocks(count: number, bytes: number, first = 0): readonly SampleBlock[] {
  return Array.from({ length: count }, (_, index) => numberedBlock(first + index, bytes))
}

async function startPeer(config: JsonObject = {}, has: readonly SampleBlock[] = []): Promise<Peer> {
  const peer = await createPeer({ config, quiet: true })
  onTestFinished(() => peer.stop())
  for (const { cid, bytes } of has) await peer.bitswap.put(cid, bytes)
  return peer
}

/** A gateway of ours; returns its origin. */
async function startGateway(has: readonly SampleBlock[]): Promise<{ origin: string; gateway: GatewayServer }> {
  const store = new MemoryBlockstore()
  for (const { cid, bytes } of has) store.writeBlock(cid, bytes)
  const gateway = new GatewayServer({ blocks: toBlockstorePort(store), serves: () => true, version: '0' })
  onTestFinished(() => gateway.stop())
  const { port } = await gateway.start({ host: '127.0.0.1', port: 0 })
  return { origin: `http://127.0.0.1:${port}`, gateway }
}

/** Some other server; returns its origin. */
async function startHttp(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Answers the probe as a gateway, and the rest in another way. */
function probed(answer: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url?.includes('bafkqaaa') === true) response.writeHead(200).end()
    else answer(request, response)
  }
}

const addressOf = (origin: string): string => `/ip4/127.0.0.1/tcp/${new URL(origin).port}/http`

async function fetchAll(peer: Peer, wanted: readonly SampleBlock[], providers: readonly string[]) {
  const from = new Map<string, number>()
  const expected = new Map(wanted.map(({ cid, bytes }) => [cid.toString(), bytes]))
  for await (const block of peer.bitswap.getMany(
    wanted.map(({ cid }) => cid),
    { providers }
  )) {
    expect(Buffer.from(expected.get(block.cid.toString()) ?? []).equals(block.bytes)).toBe(true)
    from.set(block.from ?? 'here', (from.get(block.from ?? 'here') ?? 0) + 1)
  }
  return from
}

describe('a peer on loopback', () => {
  it('fetches a thousand blocks from a peer of bitswap and an HTTP gateway, in one session', async () => {
    const wanted = someBlocks(1_000, 16_384)
    const seeder = await startPeer({}, wanted)
    const { origin, gateway } = await startGateway(wanted)
    const fetcher = await startPeer()
    seeder.bitswap.limits.set({ upload: 8 * MIB })
    const from = await fetchAll(fetcher, wanted, [addressOf(origin), ...seeder.libp2p.getMultiaddrs().map(String)])
    const [overHttp, overBitswap] = [from.get(hostId(origin)) ?? 0, from.get(seeder.libp2p.peerId.toString()) ?? 0]
    expect(overHttp + overBitswap).toBe(1_000)
    expect([overHttp > 0, overBitswap > 0]).toEqual([true, true])
    expect(gateway.stat().responses[200]).toBeGreaterThanOrEqual(overHttp)
  })

  it('is not held up by hosts that lie, stall, refuse, break off, redirect, or send without end', async () => {
    const wanted = someBlocks(60, 4_096, 5_000)
    const { origin } = await startGateway(wanted)
    const bad = await Promise.all(
      [
        probed((_request, response) => response.end('a lie')),
        probed(() => undefined),
        probed((_request, response) => response.writeHead(429, { 'retry-after': '60' }).end()),
        probed((_request, response) => {
          response.writeHead(200, { 'content-length': 4_096 })
          response.write('only this', () => response.destroy())
        }),
        probed((_request, response) => response.writeHead(302, { location: origin }).end()),
        probed(({ method }, response) => {
          // A body of HEAD is thrown away, and would never fill up.
          if (method === 'HEAD') response.writeHead(404).end()
          const more = (): void => {
            while (!response.destroyed && !response.writableEnded && response.write(Buffer.alloc(65_536)));
          }
          response.on('drain', more)
          more()
        })
      ].map(startHttp)
    )
    const fetcher = await startPeer()
    const from = await fetchAll(fetcher, wanted, [...bad, origin].map(addressOf))
    expect(from.get(hostId(origin))).toBe(60)
  })

  it('finds gateways by a delegated router, and asks those of its own network only when its owner lists them', async () => {
    const wanted = someBlocks(5, 100, 9_000)
    const { origin } = await startGateway(wanted)
    const record = { Schema: 'peer', ID: PEER, Addrs: [addressOf(origin)], Protocols: ['transport-ipfs-gateway-http'] }
    const router = await startDelegatedServer(lines([record]))
    const config = { Routing: { Type: 'delegated', DelegatedRouters: [router.url.href] } }
    const open = async (HTTPRetrieval: JsonObject): Promise<Peer> => {
      const peer = await createPeer({ config: { ...config, HTTPRetrieval } })
      onTestFinished(() => peer.stop())
      return peer
    }
    const listed = await open({ Allowlist: ['127.0.0.1'] })
    expect((await fetchAll(listed, wanted, [])).get(hostId(origin))).toBe(5)
    expect(router.asked[0]).toContain('transport-ipfs-gateway-http')
    const careful = await open({})
    const asked = router.asked.length
    const abort = new AbortController()
    const got = careful.bitswap.get(wanted[0]?.cid ?? expect.fail(), { signal: abort.signal })
    got.catch(() => undefined)
    await eventually(() => router.asked.length > asked + 1, 'routing is asked, and once more')
    abort.abort(new Error('enough'))
    await expect(got).rejects.toThrow('enough')
    expect(careful.bitswap.stat().partners).toEqual([])
  })

  it('asks nobody over HTTP when HTTPRetrieval is off', async () => {
    const { origin, gateway } = await startGateway([])
    const fetcher = await startPeer({ HTTPRetrieval: { Enabled: false } })
    const [one] = someBlocks(1, 10, 9_500)
    const got = fetcher.bitswap.get(one?.cid ?? expect.fail(), { providers: [addressOf(origin)], broadcast: false })
    await expect(got).rejects.toMatchObject({ name: 'NotFoundError' })
    expect(gateway.stat().responses).toEqual({})
  })
})

describe('HTTP by Node', () => {
  const http = () => {
    const port = new NodeHttp({ userAgent: 'barter/0', insecureTls: false, scopeOf: addressScope })
    onTestFinished(() => port.close())
    return port
  }
  const request = (origin: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'GET',
    origin,
    path: '/ipfs/bafkqaaa?format=raw',
    maxBytes: 1_000,
    mayBePrivate: true,
    signal: AbortSignal.timeout(20_000),
    ...more
  })

  it('asks for raw blocks, keeps its connections, and reads no more than it may', async () => {
    const seen: unknown[] = []
    let body = Buffer.alloc(1_000, 7)
    const origin = await startHttp((incoming, response) => {
      seen.push([incoming.method, incoming.url, incoming.headers.accept, incoming.headers['user-agent']])
      response.end(body)
    })
    const port = http()
    const bytes: number[][] = []
    const reply = await port.request(request(origin, { onBytes: (...told) => bytes.push(told) }))
    expect([reply.status, reply.body.byteLength, bytes.at(-1)]).toEqual([200, 1_000, [1_000, 1_000]])
    expect(seen).toEqual([['GET', '/ipfs/bafkqaaa?format=raw', 'application/vnd.ipld.raw', 'barter/0']])
    body = Buffer.alloc(1_001)
    await expect(port.request(request(origin))).rejects.toThrow('larger than 1000 bytes')
    expect((await port.request(request(origin, { method: 'HEAD' }))).body.byteLength).toBe(0)
  })

  it('does not follow a name to this machine, unless it may', async () => {
    const origin = (await startHttp((_request, response) => response.end('here'))).replace('127.0.0.1', 'localhost')
    await expect(http().request(request(origin, { mayBePrivate: false }))).rejects.toThrow('on a private network')
    expect((await http().request(request(origin))).status).toBe(200)
  })

  it('hears of Retry-After, and is ended by its signal', async () => {
    const origin = await startHttp(({ url }, response) => {
      if (url?.includes('bafkqaaa') === true) response.writeHead(429, { 'retry-after': '7' }).end('x'.repeat(100_000))
    })
    expect(await http().request(request(origin))).toMatchObject({ status: 429, retryAfter: '7' })
    const abort = new AbortController()
    const hanging = http().request(request(origin, { path: '/hang', signal: abort.signal }))
    abort.abort(new Error('enough'))
    await expect(hanging).rejects.toThrow()
  })
})
