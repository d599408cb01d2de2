import { strategyKind } from './kind.ts'
import { leastBy } from './pick.ts'

/** Whoever asked first, over all partners' wants. There is neither debt nor credit. */
export const fifo = strategyKind({
  name: 'fifo',
  about: 'the order in which wants came, over all partners',
  source: 'control',
  starves: 'who asks for much first is served first, whoever waits behind',
  parameters: {},
  create: () => ({ next: (waiting) => leastBy(waiting, ({ oldestWant }) => oldestWant) })
})
