import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Libp2p } from '@libp2p/interface'
import type { Registry } from 'prom-client'
import { ExchangeMeter } from '../../exchange-meter.ts'
import type { InsightService } from '../../api/service/insight-service.ts'
import { ApiMeter } from '../../api/server/api-meter.ts'
import type { Exchange } from '../../exchange.ts'
import type { GatewayStat } from '../../gateway/gateway-stat.ts'
import type { StoreStats } from '../../storage/store-stats.ts'
import { Bandwidth } from '../bandwidth/bandwidth.ts'
import { EXCHANGE_SERIES, MAX_WANTS } from './exchange-series.ts'
import { HTTP_SERIES } from './http-series.ts'
import { IdentifyMeter } from './identify-meter.ts'
import { KUBO_SERIES } from './kubo-series.ts'
import { LIBP2P_SERIES } from './libp2p-series.ts'
import type { ReadSeries } from './otlp-body.ts'
import { NODE_SERIES } from './node-series.ts'
import type { Sample, Scrape, Series } from './series.ts'

/** Every metric of ours; those of Node.js come from prom-client. */
export const SERIES: readonly Series[] = [
  ...KUBO_SERIES,
  ...LIBP2P_SERIES,
  ...HTTP_SERIES,
  ...EXCHANGE_SERIES,
  ...NODE_SERIES
]

export interface MetricsParts {
  readonly insight: Pick<InsightService, 'snapshot'>
  readonly exchange: Exchange
  readonly libp2p: Pick<Libp2p, 'getConnections' | 'getMultiaddrs' | 'getProtocols' | 'addEventListener' | 'services'>
  readonly version: string
  readonly stores: () => readonly StoreStats[]
  readonly gateway: () => GatewayStat | undefined
}

const QUANTILES = [0.5, 0.9, 0.99]

/** Reads everything when somebody scrapes. Until then it counts sizes and times, and loads nothing. */
export class Metrics {
  readonly #parts: MetricsParts
  readonly #meter: ExchangeMeter
  /** To be handed to the API, if there is one. */
  readonly api = new ApiMeter(() => performance.now())
  readonly #identify = new IdentifyMeter()
  #registry: Promise<Registry> | undefined
  #loop: ReturnType<typeof monitorEventLoopDelay> | undefined
  #scrape: Scrape | undefined

  constructor(parts: MetricsParts) {
    this.#parts = parts
    this.#meter = new ExchangeMeter(() => performance.now())
    parts.exchange.insight.observe(this.#meter)
    parts.libp2p.addEventListener('peer:identify', ({ detail }) => this.#identify.received(detail))
  }

  /** The text form of Prometheus, and its type. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    this.#registry ??= this.#makeRegistry()
    const registry = await this.#registry
    this.#scrape = await this.#take()
    return { type: registry.contentType, body: await registry.metrics() }
  }

  /** All series of ours, and what they read now. Those of Node.js are not among them. */
  async read(): Promise<readonly ReadSeries[]> {
    const scrape = await this.#take()
    return SERIES.map((series) => ({ series, samples: series.read(scrape) }))
  }

  async #makeRegistry(): Promise<Registry> {
    const { collectDefaultMetrics, Registry } = await import('prom-client')
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    countSinceStart(registry)
    for (const series of SERIES) registry.registerMetric(this.#metric(series))
    return registry
  }

  /** What prom-client calls a metric, as far as its registry needs one: it is named, and read. */
  #metric(series: Series): Parameters<Registry['registerMetric']>[0] {
    const { name, help, type } = series
    const values = (): readonly Sample[] => (this.#scrape === undefined ? [] : series.read(this.#scrape))
    const get = () => Promise.resolve({ name, help, type, values: values() })
    return { name, help, type, get } as unknown as Parameters<Registry['registerMetric']>[0]
  }

  async #take(): Promise<Scrape> {
    this.#watchLoop()
    const { insight, exchange, libp2p, version, stores, gateway } = this.#parts
    const { bandwidth } = libp2p.services
    const connections = libp2p.getConnections()
    const streams = { inbound: 0, outbound: 0 }
    for (const { streams: open } of connections) for (const { direction } of open) streams[direction]++
    return {
      snapshot: await insight.snapshot({ wants: MAX_WANTS, partners: 2_000, sessions: 0, log: 0 }),
      exchange,
      meter: this.#meter,
      connections: connections.map(({ direction, remoteAddr }) => ({
        direction,
        transport: transportOf(remoteAddr.getComponents().map(({ name }) => name))
      })),
      streams,
      identify: {
        meter: this.#identify,
        protocols: libp2p.getProtocols().length,
        addresses: libp2p.getMultiaddrs().length
      },
      dht: bandwidth instanceof Bandwidth ? bandwidth.dht : undefined,
      api: this.api,
      stores: stores(),
      gateway: gateway(),
      loopDelay: this.#loopDelay(),
      version
    }
  }

  #watchLoop(): void {
    if (this.#loop !== undefined) return
    this.#loop = monitorEventLoopDelay({ resolution: 20 })
    this.#loop.enable()
  }

  #loopDelay(): Record<string, number> {
    const loop = this.#loop
    if (loop === undefined) return {}
    const quantile = (part: number): [string, number] => [String(part), loop.percentile(part * 100) / 1e9]
    const delays = Object.fromEntries(QUANTILES.map(quantile))
    delays['1'] = loop.max / 1e9
    loop.reset()
    return delays
  }
}

/** As Kubo names it, such as `/ip4/tcp`; without the peers that relay. */
function transportOf(names: readonly string[]): string {
  return names
    .filter((name) => name !== 'p2p')
    .slice(0, 4)
    .map((name) => `/${name}`)
    .join('')
}

/** prom-client counts processor time from when it was asked to: what went before, since the process began, is added. */
function countSinceStart(registry: Registry): void {
  const { user, system } = process.cpuUsage()
  const spent = { user: user / 1e6, system: system / 1e6, '': (user + system) / 1e6 }
  for (const [kind, seconds] of Object.entries(spent)) {
    const metric = registry.getSingleMetric(`process_cpu_${kind === '' ? '' : `${kind}_`}seconds_total`)
    if (metric !== undefined && 'inc' in metric) metric.inc(seconds)
  }
}
