import type { HttpHandler } from '../api/http-handler.ts'
import { pageHandlers } from './page-files.ts'
import type { Peer } from './peer.ts'

/** What handlers are made from. */
export type ApiPeer = Pick<Peer, 'service' | 'bitswap' | 'libp2p' | 'repo'>

/** What the API port shows beside commands: one line for each area. */
const AREAS: readonly ((peer: ApiPeer) => readonly HttpHandler[])[] = [() => pageHandlers()]

export function apiHandlers(peer: ApiPeer): readonly HttpHandler[] {
  return AREAS.flatMap((area) => area(peer))
}
