import { strategyKind } from './kind.ts'
import { firstBy } from './pick.ts'

/** One message for each who waits, then again. Turns are equal, not bytes. There is neither debt nor credit. */
export const roundRobin = strategyKind({
  name: 'round-robin',
  about: 'a message for each partner in turn',
  source: 'control',
  parameters: {},
  // The row has whoever was served last at its end.
  create: () => ({ next: (waiting) => firstBy(waiting, () => false) })
})
