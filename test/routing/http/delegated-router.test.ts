import { delegatedRoutingV1HttpApiClient } from '@helia/delegated-routing-v1-http-api-client'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../../src/ids.ts'
import type { Provider } from '../../../src/ports.ts'
import { DelegatedRouter, type DelegatedOptions } from '../../../src/routing/http/delegated-router.ts'
import {
  endless,
  lines,
  object,
  startDelegatedServer,
  status,
  type DelegatedServer
} from '../../support/delegated-server.ts'
import { eventually } from '../../support/eventually.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { cid } from '../../support/names.ts'

const PEER = toPeerId('12D3KooWAzYm3PVYXWowBTmWhmZ27CBywBA6KNHRXDnuPKpssC6z')
const OLD_PEER = toPeerId('QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC')
const HOME = '/ip4/192.0.2.7/tcp/4001'
const RECORD = { Schema: 'peer', ID: PEER, Addrs: [HOME], Protocols: ['transport-bitswap'] }

interface World {
  readonly clock: ManualClock
  readonly server: DelegatedServer
  readonly router: DelegatedRouter
  find(max?: number): Promise<{ readonly found: readonly Provider[]; readonly error: unknown }>
}

async function startWorld(answer: DelegatedServer['answer'], options: Partial<DelegatedOptions> = {}): Promise<World> {
  const clock = new ManualClock()
  const server = await startDelegatedServer(answer)
  const router = new DelegatedRouter(server.url, clock, options)
  const find: World['find'] = async (max = Infinity) => {
    const found: Provider[] = []
    try {
      for await (const provider of router.findProviders(cid('a'))) if (found.push(provider) >= max) break
      return { found, error: undefined }
    } catch (error) {
      return { found, error: error instanceof Error ? error.message : error }
    }
  }
  return { clock, server, router, find }
}

describe('DelegatedRouter', () => {
  it('reads records line by line: peers that trade by bitswap, or do not say; both schemas', async () => {
    const bitswap = { Schema: 'bitswap', Protocol: 'transport-bitswap', ID: OLD_PEER, Addrs: [HOME] }
    const gateway = { ...RECORD, Protocols: ['transport-ipfs-gateway-http'] }
    const world = await startWorld(lines([RECORD, bitswap, gateway, { ...RECORD, Protocols: undefined, Addrs: null }]))
    expect(await world.find()).toEqual({
      found: [
        { peer: PEER, addresses: [HOME] },
        { peer: OLD_PEER, addresses: [HOME] },
        { peer: PEER, addresses: [] }
      ],
      error: undefined
    })
    expect(world.server.asked).toEqual([
      `/routing/v1/providers/${cid('a').toString()}?filter-protocols=transport-bitswap,unknown`
    ])
  })

  it('reads an answer in one piece; no records, and "not found", are none', async () => {
    const world = await startWorld(object({ Providers: [RECORD] }))
    expect((await world.find()).found).toEqual([{ peer: PEER, addresses: [HOME] }])
    for (const answer of [object({ Providers: null }), lines([]), status(404)]) {
      world.server.answer = answer
      expect(await world.find()).toEqual({ found: [], error: undefined })
    }
  })

  it('finds where a peer is', async () => {
    const world = await startWorld(lines([RECORD]))
    expect(await world.router.findPeer(PEER)).toEqual({ peer: PEER, addresses: [HOME] })
    expect(await world.router.findPeer(OLD_PEER)).toBe(undefined)
    expect(world.server.asked[0]).toMatch(/^\/routing\/v1\/peers\/k51/)
    expect(await world.router.findPeer(toPeerId('nobody'))).toBe(undefined)
  })

  it('asks and is answered as the client that Helia uses', async () => {
    const world = await startWorld(lines([RECORD]))
    await world.find()
    const log = Object.assign(() => undefined, { error: () => undefined, trace: () => undefined, enabled: false })
    const logger = { forComponent: () => log }
    const client = delegatedRoutingV1HttpApiClient({ url: world.server.url })({ logger } as never)
    const found: string[] = []
    for await (const { Addrs } of client.getProviders(cid('a'))) found.push(...Addrs.map(String))
    const [ours, theirs] = world.server.asked
    expect([found, theirs]).toEqual([[HOME], ours?.split('?')[0]])
  })

  it('a bad record costs itself; bad ones without end cost the answer', async () => {
    const bad = [
      '{',
      '7',
      'null',
      JSON.stringify({ ID: 'x' }),
      JSON.stringify({ ID: 7 }),
      JSON.stringify({ ...RECORD, ID: 'Qm!' })
    ]
    const world = await startWorld(lines([...bad, RECORD]))
    expect(await world.find()).toEqual({ found: [{ peer: PEER, addresses: [HOME] }], error: undefined })
    world.server.answer = endless('application/x-ndjson', 'garbage\n')
    expect((await world.find()).error).toBe('its records make no sense')
  })

  it.each<[string, DelegatedServer['answer'], string]>([
    [
      'one line without end',
      endless('application/x-ndjson', 'x'.repeat(1_000)),
      'a line of the answer is longer than 4096 bytes'
    ],
    ['empty lines without end', endless('application/x-ndjson', '\n'), 'the answer is longer than 65536 bytes'],
    ['an object without end', endless('application/json', '[[[['), 'the answer is longer than 65536 bytes'],
    ['an object that is none', object([1, 2]), ''],
    ['a list that is none', object({ Providers: 7 }), '"Providers" of the answer is no list'],
    [
      'a page',
      (response) => response.setHeader('content-type', 'text/html').end('<html>'),
      'it answered with "text/html"'
    ],
    ['a redirection', status(302, { location: 'http://127.0.0.1:1/' }), 'fetch failed'],
    ['a failure', status(500), 'it answered 500'],
    ['a broken connection', (response) => void response.destroy(), 'fetch failed']
  ])('hostile: %s ends in an error, and the connection is closed', async (_what, answer, error) => {
    const world = await startWorld(answer, { maxBytes: 64 * 1024, maxLineBytes: 4_096 })
    const result = await world.find()
    expect([result.found, result.error ?? '']).toEqual([[], error])
    expect(world.clock.timers).toBe(0)
  })

  it('bound: so many records are read of one answer, and the rest is not waited for', async () => {
    const world = await startWorld(endless('application/x-ndjson', `${JSON.stringify(RECORD)}\n`), { maxRecords: 7 })
    expect(await world.find()).toMatchObject({ found: { length: 7 }, error: undefined })
    expect((await world.find(2)).found.length).toBe(2)
    let open = 1
    await eventually(() => {
      void world.server.connections().then((count) => (open = count))
      return open === 0
    }, 'the connection is closed')
  })

  it('does not wait longer than its time, for the first byte or for the last', async () => {
    const world = await startWorld((response) =>
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{')
    )
    for (const answer of [world.server.answer, (): void => undefined]) {
      world.server.answer = answer
      const asked = world.server.asked.length
      const finding = world.find()
      await eventually(() => world.server.asked.length > asked, 'the question arrived')
      world.clock.advance(15_000)
      expect(await finding).toEqual({ found: [], error: 'no end after 15000 ms' })
      world.clock.advance(60_000)
    }
  })

  it('leaves an endpoint that failed alone, longer each time, and then tries it again', async () => {
    const world = await startWorld(status(500))
    await world.find()
    expect((await world.find()).error).toBe('it failed before, and is left alone for 1 s more')
    world.clock.advance(1_000)
    await world.find()
    world.clock.advance(1_999)
    expect((await world.find()).error).toContain('left alone')
    world.clock.advance(1)
    world.server.answer = lines([RECORD])
    expect((await world.find()).found.length).toBe(1)
    expect((await world.find()).found.length).toBe(1)
    expect(world.server.asked.length).toBe(4)
  })

  it('heeds the time that an endpoint asks for, up to an hour', async () => {
    const world = await startWorld(status(429, { 'retry-after': '120' }))
    expect((await world.find()).error).toBe('it answered 429, and asks to be left alone for 120 s')
    world.clock.advance(119_999)
    expect((await world.find()).error).toContain('left alone')
    world.server.answer = status(503, { 'retry-after': '999999' })
    world.clock.advance(1)
    await world.find()
    world.clock.advance(3_600_000)
    world.server.answer = lines([RECORD])
    expect((await world.find()).found.length).toBe(1)
  })

  it('bound: so many questions at once', async () => {
    const world = await startWorld(() => undefined, { maxRequests: 2 })
    const waiting = [world.find(), world.find()]
    expect((await world.find()).error).toBe('too many questions are under way')
    world.clock.advance(15_000)
    await Promise.all(waiting)
  })

  it('rejects with the reason when aborted, which is not the fault of the endpoint', async () => {
    const world = await startWorld(() => undefined)
    const abort = new AbortController()
    const search = world.router.findProviders(cid('a'), { signal: abort.signal }).next()
    await eventually(() => world.server.asked.length === 1, 'the question arrived')
    abort.abort(new Error('enough'))
    await expect(search).rejects.toThrow('enough')
    world.server.answer = lines([RECORD])
    expect((await world.find()).found.length).toBe(1)
  })
})
