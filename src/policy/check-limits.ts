import { InvalidParametersError } from '../errors.ts'
import type { PeerRateLimits, PeerRates, RateLimits } from '../exchange.ts'
import { excessLimits } from './excess-limits.ts'

/** Limits of all peers, and those of single ones. */
export interface AllLimits {
  readonly rates: RateLimits
  readonly peers: readonly PeerRateLimits[]
}

const WAYS = ['upload', 'download'] as const

/** Throws `InvalidParametersError` that names the limit for one that is none, and for one that contradicts another. */
export function checkLimits({ rates, peers }: AllLimits): void {
  checkRates(rates, 'all together')
  checkRates({ upload: rates.uploadPerPeer, download: rates.downloadPerPeer }, EACH)
  for (const peer of peers) checkRates(peer, peer.peer)
  const [excess] = excessLimits(rates, peers)
  if (excess === undefined) return
  const { way, index, most } = excess
  const whose = index === undefined ? EACH : (peers[index]?.peer ?? EACH)
  throw new InvalidParametersError(
    `the ${way} limit of ${whose} is above that of all together: expected ${most} bytes a second or less`
  )
}

const EACH = 'each peer'

function checkRates(rates: PeerRates, whose: string): void {
  for (const way of WAYS) {
    const rate = rates[way] ?? 0
    if (rate >= 0 && Number.isFinite(rate)) continue
    throw new InvalidParametersError(
      `the ${way} limit of ${whose} is ${rate}: expected a number of bytes a second, 0 for no limit`
    )
  }
}
