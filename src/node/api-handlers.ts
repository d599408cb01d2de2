import type { HttpHandler } from '../api/http-handler.ts'
import { insightArea } from './insight/insight-area.ts'
import { pageArea, type PageOptions } from './page-area.ts'
import type { Peer } from './peer.ts'

/** What handlers are made from. */
export type ApiPeer = Pick<Peer, 'service' | 'bitswap' | 'libp2p' | 'repo'>

/** What the API port shows beside commands: one line for each area. */
const AREAS: readonly ((peer: ApiPeer, options: PageOptions) => readonly HttpHandler[])[] = [pageArea, insightArea]

export function apiHandlers(peer: ApiPeer, options: PageOptions = {}): readonly HttpHandler[] {
  return AREAS.flatMap((area) => area(peer, options))
}
