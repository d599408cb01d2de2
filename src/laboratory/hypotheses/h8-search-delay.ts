import { hypothesis, ratios, type Arm } from './hypothesis.ts'

const SEEDS = 20
const REQUESTS = 80
/** What three quarters of the hits among neighbours take, about: two round trips of 150 ms, with jitter and the block itself. */
const HIT_MS = 320

/** Each file has so many providers among twenty, of whom a leech knows few. */
function arm(client: string, replicas: number): Arm {
  const json = {
    name: `h8-${replicas}`,
    about: 'blocks that neighbours have, or have not, with a routing that takes its time',
    topology: { kind: 'random', seed: SEEDS, leech: 4, passive: 40, degree: 10 },
    link: { latency_ms: 75, jitter_pct: 10, bandwidth_mb: 100 },
    content: { file_size: 50_000, files: REQUESTS },
    workload: {
      kind: 'popularity',
      popularity: { kind: 'uniform', requests: REQUESTS, rate: 2, providers: 'even', replicas }
    },
    routing: { kind: 'instant', delay_ms: 600 },
    exchange: { targetMessageBytes: 16 * 1024 }
  }
  return { json, server: 'boxo-fair', client }
}

const RARE = 1
const POPULAR = 15
const CLIENTS = {
  none: 'boxo:searchDelayMs=0',
  hit: `boxo:searchDelayMs=${HIT_MS}`,
  second: 'boxo',
  adaptive: 'adaptive-delay'
} as const

export const h8 = hypothesis({
  name: 'h8',
  title: 'how long to wait for neighbours before routing is asked',
  source: 'after ProbeLab network-measurements, RFM16',
  statement:
    'For rare content no delay is best (10 % faster than a second at least); for popular content a delay that three quarters ' +
    'of the hits fit in is as fast (within 2 %) with half the searches or fewer; a delay that adapts is at least as fast as ' +
    'either, over both.',
  limits:
    'Routing always answers, after 600 ms; a search costs nothing but itself. Rare is one provider, popular fifteen of twenty.',
  arms: {
    rareNone: arm(CLIENTS.none, RARE),
    rareHit: arm(CLIENTS.hit, RARE),
    rareSecond: arm(CLIENTS.second, RARE),
    rareAdaptive: arm(CLIENTS.adaptive, RARE),
    popularNone: arm(CLIENTS.none, POPULAR),
    popularHit: arm(CLIENTS.hit, POPULAR),
    popularSecond: arm(CLIENTS.second, POPULAR),
    popularAdaptive: arm(CLIENTS.adaptive, POPULAR)
  },
  claims: ({ world }) => {
    const time = 'time_to_first_block_mean'
    const both = (how: 'None' | 'Hit' | 'Adaptive'): readonly number[] => {
      const popular = world(`popular${how}`, time)
      return world(`rare${how}`, time).map((ms, at) => ms + (popular[at] ?? NaN))
    }
    return [
      {
        what: 'rare: time to the first block without delay, over that with a second',
        values: ratios(world('rareNone', time), world('rareSecond', time)),
        bound: { to: 0.9 }
      },
      {
        what: 'popular: time with the delay of hits, over that without',
        values: ratios(world('popularHit', time), world('popularNone', time)),
        bound: { to: 1.02 }
      },
      {
        what: 'popular: searches with the delay of hits, over those without',
        values: ratios(world('popularHit', 'searches'), world('popularNone', 'searches')),
        bound: { to: 0.5 }
      },
      {
        what: 'both: time with the delay that adapts, over that without delay',
        values: ratios(both('Adaptive'), both('None')),
        bound: { to: 1 }
      },
      {
        what: 'both: time with the delay that adapts, over that of hits',
        values: ratios(both('Adaptive'), both('Hit')),
        bound: { to: 1 }
      },
      {
        what: 'rare: time with the delay of hits, over that without',
        values: ratios(world('rareHit', time), world('rareNone', time))
      },
      {
        what: 'popular: searches with the delay that adapts, over those without',
        values: ratios(world('popularAdaptive', 'searches'), world('popularNone', 'searches'))
      }
    ]
  }
})
