import { peerValues } from '../reproduce/reproduction.ts'
import type { CellResult } from '../results.ts'
import { sum } from '../statistics/quantile.ts'
import { differences, hypothesis, ratios, type Arm } from './hypothesis.ts'

const LATENCIES = [5, 20, 50, 100]

function arm(client: string, seeds: number, bandwidth: number): Arm {
  const json = {
    name: `h5-${seeds}-${bandwidth}`,
    about: 'seeds, each further away than the one before',
    topology: { kind: 'mesh', seed: seeds, leech: 1 },
    link: { latency_ms: 5, jitter_pct: 10, bandwidth_mb: bandwidth, seed_latency_ms: LATENCIES.slice(0, seeds) },
    content: { file_size: 16 * 1024 * 1024, rawLeaves: false },
    exchange: { targetMessageBytes: 16 * 1024 }
  }
  return { json, server: 'go-default', client }
}

/** Of the blocks that all seeds sent, the part of the nearest, or of the busiest. */
function part(run: CellResult, whose: 'nearest' | 'busiest'): number {
  const sent = peerValues(run, 'seed', 'blks_sent')
  return (whose === 'nearest' ? (sent[0] ?? NaN) : Math.max(...sent)) / sum(sent)
}

const PLENTY = 1_024
const SCARCE = 16

export const h5 = hypothesis({
  name: 'h5',
  title: 'asking whoever answered first',
  source: 'after the raw run E0 of Grisham 2020 and testground#436',
  statement:
    "Boxo's choice of who delivered first puts most of the load on the nearest seed, so that more seeds do not help (by less " +
    'than 10 %) until its uplink is full; a load-aware choice spreads it (half for the busiest at most) with at most 2 % ' +
    'more duplicates.',
  limits: 'One leech, a file of 16 MiB, seeds at 5, 20, 50 and 100 ms; uplinks of 1,024 and of 16 Mibit/s.',
  arms: {
    one: arm('boxo', 1, PLENTY),
    four: arm('boxo', 4, PLENTY),
    oneScarce: arm('boxo', 1, SCARCE),
    fourScarce: arm('boxo', 4, SCARCE),
    loadAware: arm('load-aware', 4, PLENTY),
    loadAwareScarce: arm('load-aware', 4, SCARCE)
  },
  claims: ({ world, each }) => {
    const time = 'time_to_fetch_median'
    return [
      {
        what: 'part that the nearest of four serves',
        values: each('four', (run) => part(run, 'nearest')),
        bound: { from: 0.5 }
      },
      {
        what: 'time with four seeds over that with one, uplinks idle',
        values: ratios(world('four', time), world('one', time)),
        bound: { from: 0.9 }
      },
      {
        what: 'the same, uplinks full',
        values: ratios(world('fourScarce', time), world('oneScarce', time)),
        bound: { to: 0.9 }
      },
      {
        what: 'load-aware: part that the busiest serves',
        values: each('loadAware', (run) => part(run, 'busiest')),
        bound: { to: 0.5 }
      },
      {
        what: 'load-aware: duplicates among blocks, less those of Boxo',
        values: differences(world('loadAware', 'duplicate_ratio'), world('four', 'duplicate_ratio')),
        bound: { to: 0.02 }
      },
      {
        what: 'load-aware over Boxo: time, uplinks idle',
        values: ratios(world('loadAware', time), world('four', time))
      },
      {
        what: 'load-aware over Boxo: time, uplinks full',
        values: ratios(world('loadAwareScarce', time), world('fourScarce', time))
      }
    ]
  }
})
