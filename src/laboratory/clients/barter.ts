import { defineClient } from './client-strategy.ts'

/** Our own session: the peer without a client. Its parameters are options of the exchange (`session`, `peers`). */
export const barter = defineClient({
  name: 'barter',
  about: 'our own session: each block is asked of the peer with the shortest expected finish, within measured windows',
  source: 'src/session',
  parameters: {},
  create: () => undefined
})
