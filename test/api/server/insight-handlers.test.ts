import { createServer, type Server } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { insightHandlers } from '../../../src/api/server/insight-handlers.ts'
import { MAX_WATCHERS } from '../../../src/api/service/insight-service.ts'
import { findHandler } from '../../../src/api/server/find-handler.ts'
import { errorText } from '../../../src/api/api-error.ts'
import { DIAGNOSIS, FakeInsight, SNAPSHOT } from '../../support/fake-insight.ts'

/** The handlers alone; who may call them is the matter of `ApiServer`. */
async function serve(insight: FakeInsight, beatMs?: number): Promise<string> {
  const handlers = insightHandlers(() => insight, beatMs)
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const answer = findHandler(handlers, url.pathname)?.handle({ request, url, signal: gone.signal }, response)
    answer?.catch((error: unknown) => response.writeHead(400).end(errorText(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`
}

/** Reads a stream until it has said so much, then hangs up. */
async function readUntil(url: string, said: RegExp): Promise<string> {
  const stop = new AbortController()
  const { body } = await fetch(url, { signal: stop.signal })
  let text = ''
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString()
    if (said.test(text)) break
  }
  stop.abort()
  return text
}

describe('what is seen of a peer by GET', () => {
  it('is a snapshot with as many rows as are asked for, and a diagnosis', async () => {
    const calls: unknown[][] = []
    const base = await serve(new FakeInsight(calls))
    const answer = await fetch(`${base}/api/barter/snapshot?wants=3&log=0`)
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(SNAPSHOT)))
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(calls).toEqual([['snapshot', { wants: 3, partners: undefined, sessions: undefined, log: 0 }]])
    expect(await (await fetch(`${base}/api/barter/doctor?cid=${DIAGNOSIS.cid}`)).json()).toEqual(DIAGNOSIS)
    expect((await fetch(`${base}/api/barter/snapshot?wants=-1`)).status).toBe(400)
  })

  it('is a stream of events, with a sign of life where nothing happens', async () => {
    const insight = new FakeInsight([])
    insight.feed = [
      { type: 'snapshot', snapshot: SNAPSHOT },
      { type: 'change', change: { at: 5, engine: SNAPSHOT.engine } }
    ]
    const text = await readUntil(`${await serve(insight, 20)}/api/barter/events`, /still here/u)
    const [first = '', second = ''] = text.split('\n\n')
    expect(first).toMatch(/^event: snapshot\ndata: \{/u)
    expect(second).toBe(`event: change\ndata: ${JSON.stringify({ at: 5, engine: SNAPSHOT.engine })}`)
  })

  it('has a bound on those who watch, and room again when one has left', async () => {
    const base = await serve(new FakeInsight([]))
    const stops = Array.from({ length: MAX_WATCHERS }, () => new AbortController())
    const open = await Promise.all(stops.map(({ signal }) => fetch(`${base}/api/barter/events`, { signal })))
    expect(new Set(open.map(({ status }) => status))).toEqual(new Set([200]))
    const refused = await fetch(`${base}/api/barter/events`)
    expect([refused.status, await refused.text()]).toEqual([503, `${MAX_WATCHERS} watch already: close one of them\n`])
    stops[0]?.abort()
    await expect.poll(async () => (await fetch(`${base}/api/barter/events`, { method: 'HEAD' })).status).toBe(200)
    for (const stop of stops) stop.abort()
  })
})
