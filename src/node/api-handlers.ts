import type { HttpHandler } from '../api/server/http-handler.ts'
import { insightArea } from './insight/insight-area.ts'
import { metricsArea, type MetricsOptions } from './metrics/metrics-area.ts'
import { pageArea, type PageOptions } from './dashboard/page-area.ts'
import type { Peer } from './peer.ts'

/** What handlers are made from. */
export type ApiPeer = Pick<Peer, 'service' | 'bitswap' | 'libp2p' | 'repo'>

export type ShownOptions = PageOptions & MetricsOptions

/** What the API port shows beside commands: one line for each area. */
const AREAS: readonly ((peer: ApiPeer, options: ShownOptions) => readonly HttpHandler[])[] = [
  pageArea,
  insightArea,
  metricsArea
]

export function apiHandlers(peer: ApiPeer, options: ShownOptions): readonly HttpHandler[] {
  return AREAS.flatMap((area) => area(peer, options))
}
