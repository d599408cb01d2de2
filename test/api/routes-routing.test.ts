import { describe, expect, it, onTestFinished } from 'vitest'
import { OPEN_ACCESS } from '../../src/api/server/access.ts'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { ApiServer } from '../../src/api/server/server.ts'
import type { RoutingEvent } from '../../src/api/service/routing-service.ts'
import { FOUND, PROVIDE_STAT } from '../support/fake-routing.ts'
import { CID_TEXT, FakeService } from '../support/fake-service.ts'

interface World {
  readonly service: FakeService
  readonly remote: RemoteService
  readonly post: (command: string) => Promise<{ readonly body: string; readonly status: number }>
}

async function startWorld(): Promise<World> {
  const service = new FakeService()
  const server = new ApiServer({ service, version: '0.1.0', access: OPEN_ACCESS })
  onTestFinished(() => server.stop())
  const { port } = await server.start({ host: '127.0.0.1', port: 0 })
  const post: World['post'] = async (command) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v0/${command}`, { method: 'POST' })
    return { body: await response.text(), status: response.status }
  }
  return { service, remote: new RemoteService({ host: '127.0.0.1', port }), post }
}

async function collectEvents(events: AsyncIterable<RoutingEvent>): Promise<RoutingEvent[]> {
  const found: RoutingEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

function linesOf(body: string): unknown[] {
  return body.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]))
}

describe('the API of routing', () => {
  it('findprovs: query events a line each, as Kubo writes them', async () => {
    const { post, service } = await startWorld()
    const { body } = await post(`routing/findprovs?arg=${CID_TEXT}&num-providers=5`)
    expect(linesOf(body)).toEqual([
      { Extra: 'dht wan: out of order', ID: '', Responses: null, Type: 3 },
      { Extra: '', ID: '', Responses: [{ ID: FOUND.id, Addrs: FOUND.addresses }], Type: 4 }
    ])
    expect(service.calls).toEqual([['findProviders', CID_TEXT, 5]])
    expect((await post('routing/findprovs')).body).toBe('argument "key" is required')
  })

  it('findpeer: the peer; one that nobody knows is an event and an error', async () => {
    const { post, remote } = await startWorld()
    const { body } = await post(`routing/findpeer?arg=${FOUND.id}`)
    expect(linesOf(body)).toEqual([
      { Extra: '', ID: '', Responses: [{ ID: FOUND.id, Addrs: FOUND.addresses }], Type: 2 }
    ])
    const missing = await post('routing/findpeer?arg=12D3KooW')
    expect(linesOf(missing.body)).toEqual([{ Extra: 'routing: not found', ID: '', Responses: null, Type: 3 }])
    await expect(remote.routing.findPeer('12D3KooW')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })

  it('provide: the peers that took the record; once: what is queued; clear: a number', async () => {
    const { post, service } = await startWorld()
    const { body } = await post(`routing/provide?arg=${CID_TEXT}&r=true`)
    expect(linesOf(body)).toEqual([{ Extra: '', ID: FOUND.id, Responses: null, Type: 2 }])
    expect(linesOf((await post(`provide/once?arg=${CID_TEXT}`)).body)).toEqual([{ Queued: CID_TEXT }])
    expect((await post('provide/clear')).body).toBe('7\n')
    expect((await post('provide/clear?quiet=true')).body).toBe('')
    expect(service.calls).toEqual([
      ['provide', [CID_TEXT], true],
      ['provideOnce', [CID_TEXT], false]
    ])
  })

  it('provide stat: the shape of Kubo, and all figures beside it', async () => {
    const { post, service } = await startWorld()
    for (const command of ['provide/stat', 'stats/provide']) {
      expect(JSON.parse((await post(command)).body)).toMatchObject({
        Sweep: null,
        Legacy: {
          TotalReprovides: 12,
          LastReprovideBatchSize: 7,
          ReprovideInterval: 79_200_000_000_000,
          AvgReprovideDuration: 250_000_000,
          LastReprovideDuration: 60_000_000_000,
          LastRun: '2020-01-01T00:01:00.000Z'
        },
        FullRT: false,
        Barter: { Strategy: 'roots', State: 'paused', Queued: 3, BehindMs: 3_600_000 }
      })
    }
    service.routing.stat = { strategy: 'none', info: undefined }
    expect(JSON.parse((await post('provide/stat')).body)).toMatchObject({ Legacy: null, Barter: { State: 'off' } })
  })

  it('a daemon elsewhere answers as one here', async () => {
    const { remote, service } = await startWorld()
    const { routing } = remote
    expect(await collectEvents(routing.findProviders(CID_TEXT))).toEqual([
      { type: 'error', message: 'dht wan: out of order' },
      { type: 'provider', peer: FOUND }
    ])
    expect(await routing.findPeer(FOUND.id)).toEqual(FOUND)
    expect(await collectEvents(routing.provide([CID_TEXT], { recursive: true }))).toEqual([
      { type: 'final-peer', peer: { id: FOUND.id, addresses: [] } }
    ])
    const queued: string[] = []
    for await (const cid of routing.provideOnce([CID_TEXT])) queued.push(cid)
    expect([queued, await routing.provideClear(), await routing.provideStat()]).toEqual([[CID_TEXT], 7, PROVIDE_STAT])
    service.routing.stat = { strategy: 'none', info: undefined }
    expect(await routing.provideStat()).toEqual({ strategy: 'none', info: undefined })
    await expect(collectEvents(routing.findProviders('half'))).rejects.toThrow('routing broke')
  })
})
