import { hypothesis, ratios, type Arm } from './hypothesis.ts'

const WANTS = 6
const UPLINK_MBIT = 0.5
const BYTES_PER_SECOND = (UPLINK_MBIT * 1024 * 1024) / 8

/** `seconds`: what one peer wants over its uplink. */
function arm(server: string, seconds: number): Arm {
  const json = {
    name: `h3-${seconds}`,
    about: 'traders, of whom a quarter gives nothing',
    topology: { kind: 'mesh', seed: 0, leech: 12 },
    link: { latency_ms: 25, jitter_pct: 10, bandwidth_mb: UPLINK_MBIT },
    content: { file_size: Math.round((seconds * BYTES_PER_SECOND) / WANTS), chunk: 131_072 },
    workload: { kind: 'trade', wants: WANTS },
    adversary: { kind: 'free-rider', fraction: 0.25 },
    exchange: { strict: true, uploadSlots: 4 },
    limit_ms: seconds * 10_000
  }
  return { json, server, client: 'barter' }
}

export const h3 = hypothesis({
  name: 'h3',
  title: 'how long a fetch has to be before tit-for-tat pays',
  source: 'after Cohen 2003 and Legout et al. 2006',
  statement:
    'In fetches of less than twenty rounds of ten seconds, tit-for-tat serves those who cooperate as round robin does ' +
    '(within 10 %); in fetches of 200 seconds and more they fare better, by 5 % at least.',
  limits: 'Twelve traders of equal uplinks with three free-riders; times are medians of those who cooperate.',
  arms: {
    tft20: arm('tit-for-tat', 20),
    rr20: arm('round-robin', 20),
    tft100: arm('tit-for-tat', 100),
    rr100: arm('round-robin', 100),
    tft300: arm('tit-for-tat', 300),
    rr300: arm('round-robin', 300)
  },
  claims: ({ world }) => {
    const time = 'cooperator_time_to_fetch'
    const penalty = 'free_rider_penalty'
    return [
      {
        what: '20 s: time of cooperators, tit-for-tat over round robin',
        values: ratios(world('tft20', time), world('rr20', time)),
        bound: { from: 0.9, to: 1.1 }
      },
      {
        what: '100 s: the same',
        values: ratios(world('tft100', time), world('rr100', time)),
        bound: { from: 0.9, to: 1.1 }
      },
      { what: '300 s: the same', values: ratios(world('tft300', time), world('rr300', time)), bound: { to: 0.95 } },
      { what: '300 s: penalty of free-riders, tit-for-tat', values: world('tft300', penalty) },
      { what: '300 s: penalty of free-riders, round robin', values: world('rr300', penalty) }
    ]
  }
})
