import { randomBytes } from 'node:crypto'
import { describe, it } from 'vitest'
import type { PeerService } from '../../src/api/service/peer-service.ts'
import type { ReadOptions } from '../../src/api/service/read-options.ts'
import { RemoteService } from '../../src/api/remote/remote-service.ts'
import { eventually } from '../support/eventually.ts'
import { all, candidatesOf } from '../support/memory-content.ts'
import { openDaemon } from '../support/open-daemon.ts'

/** More than what sockets hold between a daemon and whoever does not read. */
const FILE_BYTES = 32 * 1024 * 1024

/** What hands out a stream that reads through a session. */
const STREAMS: readonly (readonly [
  string,
  (service: PeerService, cid: string, options?: ReadOptions) => Promise<AsyncIterable<unknown>>
])[] = [
  ['cat', async (service, cid, options) => (await service.cat(cid, options)).content],
  ['get', async (service, cid, options) => (await service.get(cid, options)).entries],
  ['dag export', (service, cid, options) => service.contents.dag.exportCar(cid, options)]
]

async function world() {
  const { daemon } = await openDaemon()
  const { service, bitswap } = daemon.peer
  const events = await all(service.add(candidatesOf({ large: randomBytes(FILE_BYTES) })))
  const added = events.at(-1)
  const cid = added?.type === 'added' ? added.cid : ''
  const expectSessions = async (count: number): Promise<void> =>
    await eventually(() => bitswap.insight.sessionCount === count, `there are ${count} sessions`)
  return { service, remote: new RemoteService(daemon.api), cid, expectSessions }
}

describe('a stream that was handed out and never begun', () => {
  it.each(STREAMS)('of %s keeps no session when whoever has it leaves, here and over the API', async (_name, open) => {
    const { service, remote, cid, expectSessions } = await world()
    for (const one of [service, remote]) {
      const stream = await open(one, cid)
      await expectSessions(1)
      await stream[Symbol.asyncIterator]().return?.()
      await expectSessions(0)
    }
  })

  it.each(STREAMS)('of %s keeps no session when its request is aborted, here and over the API', async (_name, open) => {
    const { service, remote, cid, expectSessions } = await world()
    for (const one of [service, remote]) {
      const request = new AbortController()
      await open(one, cid, { signal: request.signal })
      await expectSessions(1)
      request.abort()
      await expectSessions(0)
    }
  })
})
