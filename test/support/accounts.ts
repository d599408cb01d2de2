import type { Accounts } from '../../src/engine/accounts.ts'

const none = (): number => 0

/** Nothing was exchanged with anybody. */
export const noAccounts: Accounts = {
  bytesSent: none,
  bytesReceived: none,
  recentSent: none,
  recentReceived: none,
  debtRatio: none
}
