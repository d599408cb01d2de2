import type { ServerResponse } from 'node:http'
import { hostPort } from '../../../src/api/api-address.ts'
import type { HttpHandler } from '../../../src/api/http-handler.ts'
import { ApiServer } from '../../../src/api/server.ts'
import { pageHandlers } from '../../../src/node/page-files.ts'
import { reportHandlers } from '../../../src/node/report-files.ts'
import { FakeService } from '../../support/fake-service.ts'
import { eventText, SamplePeer, type SampleInit } from './sample-snapshot.ts'

export const SAMPLE_TOKEN = 'sample-token-of-forty-three-characters-0123'

export interface SampleServer {
  readonly url: string
  readonly service: FakeService
  readonly peer: SamplePeer
  stop(): Promise<void>
}

/** The page over the real server, with its guard and its token, and a made-up peer behind it. */
export async function startSampleServer(
  init: SampleInit & { readonly reports?: string; readonly changed?: number; readonly port?: number }
): Promise<SampleServer> {
  const service = new FakeService()
  const peer = new SamplePeer(init)
  const server = new ApiServer({
    service,
    version: '0.1.0',
    access: { token: SAMPLE_TOKEN, requireToken: true },
    handlers: [...pageHandlers(), ...reportHandlers(init.reports), feed(peer, init.changed)]
  })
  const address = await server.start({ host: '127.0.0.1', port: init.port ?? 0 })
  return { url: `http://${hostPort(address)}`, service, peer, stop: () => server.stop() }
}

function feed(peer: SamplePeer, changed: number | undefined): HttpHandler {
  return {
    path: '/api/barter/events',
    access: 'data',
    handle: ({ signal }, response) => follow(peer, response, signal, changed)
  }
}

function follow(peer: SamplePeer, response: ServerResponse, signal: AbortSignal, changed?: number): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  response.write(eventText({ type: 'snapshot', snapshot: peer.snapshot(Date.now()) }))
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      response.write(eventText({ type: 'change', change: peer.next(Date.now(), changed) }))
    }, 1_000)
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      response.end()
      resolve()
    })
  })
}
