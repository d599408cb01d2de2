import { setTimeout as sleep } from 'node:timers/promises'
import { hostPort } from '../../../src/api/api-address.ts'
import { insightHandlers } from '../../../src/api/server/insight-handlers.ts'
import type { InsightEvent, InsightService } from '../../../src/api/service/insight-service.ts'
import type { Snapshot } from '../../../src/api/service/insight-snapshot.ts'
import { ApiServer } from '../../../src/api/server/server.ts'
import { pageHandlers } from '../../../src/node/dashboard/page-files.ts'
import { reportHandlers } from '../../../src/node/dashboard/report-files.ts'
import { FakeService } from '../../support/fake-service.ts'
import { SamplePeer, type SampleInit } from './sample-snapshot.ts'

export const SAMPLE_TOKEN = 'sample-token-of-forty-three-characters-0123'

export interface SampleServer {
  readonly url: string
  readonly service: FakeService
  stop(): Promise<void>
}

export interface SampleServerInit extends SampleInit {
  readonly reports?: string
  /** Share of the wants that change each second. */
  readonly changed?: number
  readonly port?: number
  /** Resolves with the time of the next change; a second from the last if left out. */
  readonly beat?: (signal: AbortSignal | undefined) => Promise<number>
  /** Changes what the sample tells. */
  readonly edit?: (snapshot: Snapshot) => Snapshot
}

/** The page over the real server, with its guard and its token, and a made-up peer behind it. */
export async function startSampleServer(init: SampleServerInit): Promise<SampleServer> {
  const service = new FakeService()
  const insight = sampleInsight(init)
  const server = new ApiServer({
    service,
    version: '0.1.0',
    access: { token: SAMPLE_TOKEN, requireToken: true },
    handlers: [...pageHandlers(), ...reportHandlers(init.reports), ...insightHandlers(() => insight)]
  })
  const address = await server.start({ host: '127.0.0.1', port: init.port ?? 0 })
  return { url: `http://${hostPort(address)}`, service, stop: () => server.stop() }
}

async function everySecond(signal: AbortSignal | undefined): Promise<number> {
  await sleep(1_000, undefined, { signal }).catch(() => undefined)
  return Date.now()
}

function sampleInsight(init: SampleServerInit): InsightService {
  const { beat = everySecond, changed } = init
  const edit = init.edit ?? ((snapshot: Snapshot): Snapshot => snapshot)
  const peer = new SamplePeer(init)
  const snapshot = (): Snapshot => edit(peer.snapshot(init.beat === undefined ? Date.now() : init.now))
  return {
    snapshot,
    wants: () => snapshot().wants,
    partners: () => snapshot().partners,
    sessions: () => snapshot().sessions,
    engine: () => snapshot().engine,
    unwant: () => 1,
    diagnose: (cid) =>
      Promise.resolve({
        cid,
        findings: [
          { level: 'ok', code: 'peers', text: '14 peers are connected.' },
          {
            level: 'problem',
            code: 'all-dont-have',
            text: 'All of them say that they do not have it.',
            advice: 'Connect to one that has it.'
          }
        ]
      }),
    async *events({ signal } = {}): AsyncGenerator<InsightEvent> {
      yield { type: 'snapshot', snapshot: snapshot() }
      while (signal?.aborted !== true) {
        yield { type: 'change', change: peer.next(await beat(signal), changed) }
      }
    }
  }
}
