import type { HttpHandler } from '../../api/server/http-handler.ts'
import { PAGE_HEADERS } from '../../api/server/page-headers.ts'
import type { GatewayStat } from '../../gateway/gateway-stat.ts'
import { packageVersion } from '../package-version.ts'
import type { Peer } from '../peer.ts'
import { Metrics } from './metrics.ts'

/** Where Kubo has them. */
export const METRICS_PATH = '/debug/metrics/prometheus'

export interface CountedOptions {
  /** What the gateway did; undefined while there is none. */
  readonly gateway?: (() => GatewayStat | undefined) | undefined
}

export interface MetricsOptions {
  readonly metrics: Metrics
}

type MetricsPeer = Pick<Peer, 'service' | 'bitswap' | 'libp2p' | 'repo'>

/** The metrics of a running peer. Sizes and times are counted from now on. */
export function peerMetrics(
  { service, bitswap, libp2p, repo }: MetricsPeer,
  { gateway = () => undefined }: CountedOptions = {}
): Metrics {
  return new Metrics({
    insight: service.insight,
    exchange: bitswap,
    libp2p,
    version: packageVersion(),
    stores: () => repo?.storeStats() ?? [],
    gateway
  })
}

export function metricsArea(_peer: unknown, { metrics }: MetricsOptions): readonly HttpHandler[] {
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
