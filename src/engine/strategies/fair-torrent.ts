import { strategyKind } from './kind.ts'
import { firstBy, given } from './pick.ts'

/**
 * Debt is the deficit `S − R`, lifetime bytes given less bytes received; credit is the same below zero. The least goes
 * first, and of equals whose want is oldest. No slots, no rates, no rounds.
 */
export const fairTorrent = strategyKind({
  name: 'fair-torrent',
  about: 'the next block to whom we gave least for what it gave',
  source: 'Sherman, Nieh and Stein, FairTorrent, IEEE/ACM ToN 2012',
  starves: 'who owes more waits for as long as anybody who owes less wants something',
  parameters: {},
  create: () => ({
    next: (waiting) => {
      return firstBy(waiting, (a, b) => {
        const [owes, other] = [given(a) - a.bytesReceived, given(b) - b.bytesReceived]
        return owes === other ? a.oldestWant < b.oldestWant : owes < other
      })
    }
  })
})
