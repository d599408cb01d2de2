/**
 * Where weights cannot say it, a strategy is a scheduler: it chooses whom to serve next. This one serves whoever is nearest
 * to being done, but lets nobody wait for much longer than half a minute. The kit finds what breaks the contract.
 * Run it: node examples/8-your-own-scheduler.ts — or name it as a strategy of `barter lab run`.
 */
import { pathToFileURL } from 'node:url'
import type { PartnerView, Strategy } from '../src/index.ts'
import { complaintsAbout } from '../src/laboratory/strategy-kit/check-strategy.ts'

const PATIENCE_MS = 30_000

/** Shortest queue first. What was exchanged does not count: there is neither debt nor credit. */
const shortestFirst: Strategy = {
  name: 'shortest-first',
  about: 'whoever has the least left to get',
  source: 'this example; shortest remaining processing time: Schrage 1968',
  create: () => ({
    next: (waiting, now) => {
      let [next] = waiting
      for (const partner of waiting) if (next === undefined || isBefore(partner, next, now)) next = partner
      if (next === undefined) throw new Error('nobody waits')
      return next
    }
  })
}

function isBefore(a: PartnerView, b: PartnerView, now: number): boolean {
  const isLate = now - a.waitingSince > PATIENCE_MS
  if (isLate !== now - b.waitingSince > PATIENCE_MS) return isLate
  return isLate ? a.waitingSince < b.waitingSince : a.queuedBytes < b.queuedBytes
}

export { shortestFirst as default }

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`with patience: ${report(shortestFirst)}`)
  const impatient: Strategy = {
    ...shortestFirst,
    create: () => ({ next: (waiting) => waiting.reduce((a, b) => (b.queuedBytes < a.queuedBytes ? b : a)) })
  }
  console.log(`without: ${report(impatient)}`)
}

function report(strategy: Strategy): string {
  const complaints = complaintsAbout(strategy)
  return complaints.length === 0
    ? 'keeps the contract'
    : complaints.map(({ rule, what }) => `${rule}? ${what}`).join('; ')
}
