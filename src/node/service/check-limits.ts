import { InvalidParametersError } from '../../errors.ts'
import type { ExchangeLimits, PeerRateLimits, RateLimits } from '../../exchange.ts'
import { excessLimits } from '../../policy/excess-limits.ts'

/** Limits of all peers, and those of single ones. */
export interface AllLimits {
  readonly rates: RateLimits
  readonly peers: readonly PeerRateLimits[]
}

interface Contradiction {
  readonly way: 'upload' | 'download'
  readonly whose: string
  readonly limit: number
  readonly most: number
}

export function limitsOf(limits: Pick<ExchangeLimits, 'get' | 'ofPeers'>): AllLimits {
  return { rates: limits.get(), peers: limits.ofPeers() }
}

/** Throws `InvalidParametersError` where a change makes limits contradict each other; those that did before may stay. */
export function checkLimits(before: AllLimits, after: AllLimits): void {
  const old = contradictions(before)
  const made = contradictions(after).find((one) => !old.some((other) => isSame(one, other)))
  if (made === undefined) return
  throw new InvalidParametersError(
    `the ${made.way} limit of ${made.whose} is above that of all together: expected ${made.most} bytes a second or less`
  )
}

function contradictions({ rates, peers }: AllLimits): readonly Contradiction[] {
  return excessLimits(rates, peers).map(({ way, index, most }) => {
    const single = index === undefined ? undefined : peers[index]
    return { way, whose: single?.peer ?? 'each peer', limit: single?.[way] ?? rates[`${way}PerPeer`], most }
  })
}

function isSame(one: Contradiction, other: Contradiction): boolean {
  return one.way === other.way && one.whose === other.whose && one.limit === other.limit && one.most === other.most
}
