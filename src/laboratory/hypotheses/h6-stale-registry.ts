import { differences, hypothesis, ratios, type Arm } from './hypothesis.ts'

/** There and back. */
const ROUND_TRIP_MS = 200

/** `evicted`: part of the leeches that have dropped a block before it is asked of them. */
function arm(client: string, evicted: number): Arm {
  const json = {
    name: `h6-${evicted}`,
    about: 'waves of leeches want a small file; some have dropped it when they are asked',
    topology: { kind: 'mesh', seed: 1, leech: 29 },
    link: { latency_ms: 100, jitter_pct: 10, bandwidth_mb: 100, stream_setup_rtts: 1 },
    store: { delay_ms: 5 },
    content: { file_size: 66_000, rawLeaves: false },
    workload: { kind: 'fetch', waves: 10, wave_gap_ms: 5_000 },
    adversary: { kind: 'under-report', fraction: evicted },
    exchange: { targetMessageBytes: 16 * 1024 }
  }
  return { json, server: 'go-default', client }
}

export const h6 = hypothesis({
  name: 'h6',
  title: 'want inspection, when those who wanted a block no longer have it',
  source: 'after Beyond Bitswap RFC BB-L1-04',
  statement:
    'What want inspection gains over a broadcast (half a round trip at least) is lost, to a quarter or less, when caches ' +
    'drop blocks before the next request for them.',
  limits:
    'A peer that dropped a block is one that says "dont-have", from the start: what lies between all and none is not looked at.',
  arms: {
    before: arm('boxo', 0),
    after: arm('want-inspection', 0),
    beforeHalf: arm('boxo', 0.5),
    afterHalf: arm('want-inspection', 0.5),
    beforeAll: arm('boxo', 1),
    afterAll: arm('want-inspection', 1)
  },
  claims: ({ world }) => {
    const time = 'time_to_fetch_median'
    const gain = differences(world('before', time), world('after', time))
    const half = differences(world('beforeHalf', time), world('afterHalf', time))
    const stale = differences(world('beforeAll', time), world('afterAll', time))
    return [
      {
        what: 'caches that keep: gain in round trips',
        values: gain.map((ms) => ms / ROUND_TRIP_MS),
        bound: { from: 0.5 }
      },
      { what: 'caches that drop: gain, against that', values: ratios(stale, gain), bound: { to: 0.25 } },
      { what: 'half of the caches drop: gain, against that', values: ratios(half, gain) }
    ]
  }
})
