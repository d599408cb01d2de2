import type { ApiMeter } from '../../api/api-meter.ts'
import type { HttpHandler } from '../../api/http-handler.ts'
import { PAGE_HEADERS } from '../../api/page-headers.ts'
import type { GatewayStat } from '../../gateway/gateway-stat.ts'
import { packageVersion } from '../package-version.ts'
import type { Peer } from '../peer.ts'
import { Metrics } from './metrics.ts'

/** Where Kubo has them. */
export const METRICS_PATH = '/debug/metrics/prometheus'

export interface MetricsOptions {
  /** Counts what the API is asked. */
  readonly api?: ApiMeter | undefined
  /** What the gateway did; undefined while there is none. */
  readonly gateway?: (() => GatewayStat | undefined) | undefined
}

type MetricsPeer = Pick<Peer, 'service' | 'bitswap' | 'libp2p' | 'repo'>

/** The metrics of a running peer. Sizes and times are counted from now on. */
export function metricsArea(
  { service, bitswap, libp2p, repo }: MetricsPeer,
  { api, gateway = () => undefined }: MetricsOptions
): readonly HttpHandler[] {
  const metrics = new Metrics({
    insight: service.insight,
    exchange: bitswap,
    libp2p,
    version: packageVersion(),
    stores: () => repo?.storeStats() ?? [],
    api,
    gateway
  })
  return [
    {
      path: METRICS_PATH,
      access: 'data',
      handle: async (_call, response) => {
        const { type, body } = await metrics.text()
        response.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': type, 'Cache-Control': 'no-store' })
        response.end(body)
      }
    }
  ]
}
