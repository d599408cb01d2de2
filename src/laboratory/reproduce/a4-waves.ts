import type { CellResult } from '../results.ts'
import { mean, median } from '../statistics/quantile.ts'
import { checkedScenario, ordering, peerValues, ratio, short, worldValue, type Reproduction } from './reproduction.ts'

const LEECHES = 29
/** From the seventh wave on: twenty peers and more have the block by then. */
const STEADY_FROM = 18
/** Of the scenario: there and back. */
const ROUND_TRIP_MS = 200

const SCENARIO = checkedScenario({
  name: 'e7',
  about: '29 leeches in ten waves want one small file of one seed',
  topology: { kind: 'mesh', seed: 1, leech: LEECHES },
  link: { latency_ms: 100, jitter_pct: 10, bandwidth_mb: 100, stream_setup_rtts: 1 },
  store: { delay_ms: 5 },
  content: { file_size: 66_000, rawLeaves: false },
  workload: { kind: 'fetch', waves: 10, wave_gap_ms: 5_000 },
  exchange: { targetMessageBytes: 16 * 1024 }
})

/** What looking into the wants of others gains: whoever wanted a block lately most likely has it. */
export const a4: Reproduction = {
  name: 'a4',
  title: 'want inspection, in waves of leeches',
  source: 'Beyond Bitswap RFC BB-L1-04; PL Research 2020-11; de la Rocha et al. 2021, Fig. 8–9 (E7)',
  contradictions:
    'The text says 33 % fewer WANTs; the figure shows 66 % fewer in the mean (89.0 to 29.8), 33 % in the most on one node. ' +
    'WANT-BLOCK: +7 % in the text, +17 % in the figure.',
  run: async (bench) => {
    const seeds = bench.seeds.slice(0, 10)
    const request = (client: string) => seeds.map((seed) => ({ json: SCENARIO, server: 'go-default', client, seed }))
    const results = await bench.run([...request('boxo'), ...request('want-inspection')])
    const [before, after] = [results.slice(0, seeds.length), results.slice(seeds.length)]
    const gain = median(before.map(steadyMs)) - median(after.map(steadyMs))
    const haves = changeOf(before, after, 'want_haves_sent')
    const messages = changeOf(before, after, 'msgs_sent')
    return [
      ordering(
        'steady state: time to fetch with want inspection',
        'one round trip (200 ms) less: 832–855 ms, then 630–650 ms',
        `${short(median(before.map(steadyMs)))} ms, then ${short(median(after.map(steadyMs)))} ms`,
        Math.abs(gain - ROUND_TRIP_MS) <= 0.35 * ROUND_TRIP_MS,
        'the block is asked for in another number of round trips'
      ),
      ratio(
        'want-haves: change in percent',
        -74,
        100 * haves,
        0.15,
        'every peer that was seen wanting the block has it here by the time it is asked, so that nobody falls back to a broadcast'
      ),
      ordering('messages', 'fewer (2,671, then 895)', `${short(100 * messages)} %`, messages < -0.3),
      ratio(
        'want-blocks of a node without want inspection',
        2.4,
        perNode(before),
        0.2,
        'a block is asked of one peer, once: nothing here is so late that it is asked for again, as it was in containers'
      ),
      ratio('want-blocks of a node with want inspection', 2.8, perNode(after), 0.2)
    ]
  }
}

function steadyMs(result: CellResult): number {
  return mean(peerValues(result, 'leech', 'time_to_fetch').slice(STEADY_FROM))
}

function perNode(results: readonly CellResult[]): number {
  return median(results.map((result) => worldValue(result, 'want_blocks_sent'))) / (LEECHES + 1)
}

function changeOf(before: readonly CellResult[], after: readonly CellResult[], metric: string): number {
  const middle = (results: readonly CellResult[]): number => median(results.map((result) => worldValue(result, metric)))
  return middle(after) / middle(before) - 1
}
