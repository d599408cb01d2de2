import type { PartnerView } from '../strategy.ts'
import { strategyKind } from './kind.ts'
import { firstBy } from './pick.ts'

/** The order of go-peertaskqueue: less work under way; then more that waits. */
export function hasLessWork(a: PartnerView, b: PartnerView): boolean {
  if (a.inFlightBytes !== b.inFlightBytes) return a.inFlightBytes < b.inFlightBytes
  return a.queuedTasks > b.queuedTasks
}

/** There is neither debt nor credit: the ledger of go-bitswap does not decide who is served. */
export const goDefault = strategyKind({
  name: 'go-default',
  about: 'who has the least under way, then who asks for most',
  source: 'go-peertaskqueue, as go-bitswap and boxo before 0.39 use it',
  starves: 'who asks for little waits behind those who ask for more (ipfs/boxo#1141)',
  parameters: {},
  create: () => ({ next: (waiting) => firstBy(waiting, hasLessWork) })
})
