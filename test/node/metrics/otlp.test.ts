import { createServer, type IncomingHttpHeaders } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect } from '../../../src/api/formats/collect.ts'
import { otelOverrides } from '../../../src/node/config/otel-environment.ts'
import { otlpBody } from '../../../src/node/metrics/otlp-body.ts'
import { OtlpPush } from '../../../src/node/metrics/otlp-push.ts'
import { counter, gauge, histogram, type Scrape } from '../../../src/node/metrics/series.ts'
import { Tally } from '../../../src/tally.ts'
import { eventually } from '../../support/eventually.ts'
import { openDaemon } from '../../support/open-daemon.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A collector that answers as it is told to. */
async function collector(status: () => number) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void collect(request as AsyncIterable<Uint8Array>, 1024 ** 2).then((bytes) => {
      received.push({ url: request.url ?? '', headers: request.headers, body: Buffer.from(bytes).toString() })
      response.writeHead(status()).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return { received, url: `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}` }
}

describe('metrics for OpenTelemetry', () => {
  it('are numbers and histograms in the form of OTLP', () => {
    const tally = new Tally([1, 10])
    for (const value of [0.5, 5, 50, 60]) tally.add(value)
    const all = [
      gauge('g', 'now', () => 3),
      counter('c', 'ever', () => [{ value: 4, labels: { dir: 'in', code: 200 } }]),
      histogram('h', 'sizes', () => tally, { of: 'all' }),
      gauge('nothing', 'not there', () => [])
    ].map((series) => ({ series, samples: series.read({} as Scrape) }))
    const context = { resource: { 'service.name': 'barter' }, version: '1.2.3', startedAt: 1_000, now: 2_000 }
    const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const times = { startTimeUnixNano: '1000000000', timeUnixNano: '2000000000' }
    const metrics = [
      { name: 'g', description: 'now', gauge: { dataPoints: [{ ...times, attributes: [], asDouble: 3 }] } },
      {
        name: 'c',
        description: 'ever',
        sum: {
          dataPoints: [{ ...times, attributes: [text('dir', 'in'), text('code', '200')], asDouble: 4 }],
          aggregationTemporality: 2,
          isMonotonic: true
        }
      },
      {
        name: 'h',
        description: 'sizes',
        histogram: {
          dataPoints: [
            {
              ...{ ...times, attributes: [text('of', 'all')], sum: 115.5, count: '4' },
              ...{ explicitBounds: [1, 10], bucketCounts: ['1', '1', '2'] }
            }
          ],
          aggregationTemporality: 2
        }
      }
    ]
    expect(otlpBody(all, context)).toEqual({
      resourceMetrics: [
        {
          resource: { attributes: [text('service.name', 'barter')] },
          scopeMetrics: [{ scope: { name: 'barter', version: '1.2.3' }, metrics }]
        }
      ]
    })
  })

  it('are handed over by a daemon that was told where, with its headers, which nobody is shown', async () => {
    const { received, url } = await collector(() => 200)
    const settings = { Endpoint: `${url}/`, Headers: { Authorization: 'Bearer hush-hush' }, Interval: '1s' }
    const { url: api, id } = await openDaemon({ Barter: { Telemetry: settings } })
    await eventually(() => received.length > 0, 'the collector got something')
    const [first] = received
    expect(first).toMatchObject({ url: '/v1/metrics', headers: { authorization: 'Bearer hush-hush' } })
    expect(first?.body).toContain('"ipfs_bitswap_wantlist_total"')
    expect(first?.body).toContain(id)
    const shown = await (await fetch(`${api}/api/v0/config/show`, { method: 'POST' })).text()
    expect(shown).toContain(url)
    expect(shown).not.toContain('hush-hush')
  })

  it('go on after a failure, which is told of once', async () => {
    let status = 503
    const { received, url } = await collector(() => status)
    const logger = new RecordingLogger()
    const runs: (() => void)[] = []
    const config = { endpoint: url, headers: {}, intervalMs: 7 }
    const clock = {
      setTimer: (ms: number, run: () => void) => {
        expect(ms).toBe(7)
        runs.push(run)
        return { cancel: () => undefined }
      }
    }
    const push = new OtlpPush({ config, clock, logger, body: () => Promise.resolve({}) })
    push.start()
    for (const answer of [503, 503, 200, 503]) {
      const before = runs.length
      status = answer
      runs.at(-1)?.()
      await eventually(() => runs.length > before, 'it will be done again')
    }
    push.stop()
    expect(received.length).toBe(4)
    expect(logger.lines.map(({ level }) => level)).toEqual(['error', 'debug', 'debug', 'error'])
    expect(JSON.stringify(logger.lines[0])).toContain('it answered 503')
  })

  it('are set by the variables that programs with OpenTelemetry read', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'a=b%20c, d=e=f,stray',
      OTEL_METRIC_EXPORT_INTERVAL: '5000'
    }
    expect(otelOverrides(env).map(({ key, value }) => [key, value])).toEqual([
      ['Barter.Telemetry.Endpoint', 'http://collector:4318'],
      ['Barter.Telemetry.Headers', { a: 'b c', d: 'e=f' }],
      ['Barter.Telemetry.Interval', '5000ms']
    ])
    expect(otelOverrides({})).toEqual([])
  })
})
