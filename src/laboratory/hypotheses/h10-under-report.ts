import { hypothesis, ratios, type Arm } from './hypothesis.ts'

const RULES = ['fair-torrent', 'tit-for-tat', 'prop-share', 'debt-ratio'] as const
const LAWLESS = 'fair-share'

function arm(server: string, kind: 'under-report' | 'free-rider'): Arm {
  const json = {
    name: `h10-${kind}`,
    about: 'traders, of whom a quarter says that it has nothing, or nothing at all',
    topology: { kind: 'mesh', seed: 0, leech: 12 },
    link: { latency_ms: 25, jitter_pct: 10, bandwidth_mb: 0.5 },
    // 200 seconds of an uplink for all that one peer wants: twenty rounds of ten seconds.
    content: { file_size: 2_200_000 },
    workload: { kind: 'trade', wants: 6 },
    adversary: { kind, fraction: 0.25 },
    exchange: { strict: true, uploadSlots: 4 },
    limit_ms: 2_000_000
  }
  return { json, server, client: 'barter' }
}

const armsOf = (server: string) => [
  [`${server} lied to`, arm(server, 'under-report')] as const,
  [`${server} ignored`, arm(server, 'free-rider')] as const
]

export const h10 = hypothesis({
  name: 'h10',
  title: 'peers that deny what they have',
  source: 'after Levin, LaCurts, Spring and Bhattacharjee 2008',
  statement:
    'No rule that looks at bytes alone sees an under-reporter, that says "dont-have" and keeps leeching: under such rules it ' +
    'waits no longer, against those who cooperate, than without any rule (within 10 %).',
  limits:
    'Four rules of bytes; none here scores a "dont-have" that others disprove, so that the second half of what is often ' +
    'said, that such a rule would see it, is not looked at.',
  arms: Object.fromEntries([...RULES, LAWLESS].flatMap(armsOf)),
  claims: ({ world }) => {
    const penalty = (server: string, how: 'lied to' | 'ignored'): readonly number[] =>
      world(`${server} ${how}`, 'free_rider_penalty')
    return [
      ...RULES.map((rule) => ({
        what: `${rule}: penalty of under-reporters, against that of fair shares`,
        values: ratios(penalty(rule, 'lied to'), penalty(LAWLESS, 'lied to')),
        bound: { to: 1.1 }
      })),
      ...RULES.map((rule) => ({
        what: `${rule}: penalty of under-reporters, against that of free-riders`,
        values: ratios(penalty(rule, 'lied to'), penalty(rule, 'ignored'))
      })),
      { what: 'fair shares: penalty of under-reporters', values: penalty(LAWLESS, 'lied to') }
    ]
  }
})
