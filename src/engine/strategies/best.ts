import { strategyKind } from './kind.ts'
import { debtOf, leastBy } from './pick.ts'

/** Debt is `S / (R + 1)` of lifetime bytes; the least of it is served first, others when nobody of less debt has work. */
export const best = strategyKind({
  name: 'best',
  about: 'whoever owes least, always; others when nobody else waits',
  source: 'ipfs/notes#20',
  starves: 'who owes more waits for as long as anybody who owes less wants something',
  parameters: {},
  create: () => ({ next: (waiting) => leastBy(waiting, debtOf) })
})
