import type { PeerRates, RateLimits } from '../exchange.ts'

/** A limit of a peer that is above that of all together, and so could never be reached. */
export interface ExcessLimit {
  readonly way: 'upload' | 'download'
  /** Which of the limits of single peers; undefined for that of each. */
  readonly index: number | undefined
  /** What all have together, in bytes a second. */
  readonly most: number
}

/** Where limits of pace contradict each other; 0 is no limit. */
export function excessLimits(limits: RateLimits, peers: readonly PeerRates[]): readonly ExcessLimit[] {
  return (['upload', 'download'] as const).flatMap((way) => {
    const most = limits[way]
    const isMore = (limit: number | undefined): boolean => most > 0 && (limit ?? 0) > most
    const single = peers.flatMap((peer, index) => (isMore(peer[way]) ? [{ way, index, most }] : []))
    return isMore(limits[`${way}PerPeer`]) ? [{ way, index: undefined, most }, ...single] : single
  })
}
