import { sum } from '../statistics/quantile.ts'
import {
  checkedScenario,
  comparison,
  peerValues,
  ratio,
  worldValue,
  type Check,
  type Reproduction
} from './reproduction.ts'

/** What was published of 853 peers is measured here with fewer: it is a number for each peer. */
const PROVIDERS = 100
const BYSTANDERS = 60
const REQUESTS = 300

const SCENARIO = checkedScenario({
  name: 'e13',
  about: 'one peer asks its neighbours for blocks of concentrated providers',
  topology: { kind: 'spokes', seed: PROVIDERS, leech: 1, passive: BYSTANDERS },
  link: { latency_ms: 75, jitter_pct: 10, bandwidth_mb: 100 },
  content: { file_size: 50_000, files: REQUESTS },
  workload: {
    kind: 'popularity',
    popularity: { kind: 'uniform', requests: REQUESTS, rate: 2, providers: 'concentrated', replicas: 1 }
  },
  exchange: { targetMessageBytes: 16 * 1024 }
})

const DRAWN =
  'who provides what is drawn with the published weights: it shows that the draw is right, and nothing of bitswap'

/** Parts of all blocks that the first providers serve, of those that a hundred serve. */
const SHARES: readonly (readonly [number, number])[] = [
  [1, 0.106],
  [3, 0.257],
  [10, 0.581],
  [20, 0.754]
]
/** What the first hundred of all providers serve, by the published points at 50 and 361. */
const SHARE_OF_HUNDRED = 0.844 + ((0.985 - 0.844) * (100 - 50)) / (361 - 50)

export const a7: Reproduction = {
  name: 'a7',
  title: 'what a request costs a peer with many neighbours, and who serves it',
  source: 'ProbeLab network-measurements, RFM16 (E13)',
  run: async (bench) => {
    const seeds = bench.seeds.slice(0, 3)
    const results = await bench.run(
      seeds.map((seed) => ({ json: SCENARIO, server: 'boxo-fair', client: 'boxo', seed }))
    )
    // A file asked for twice is found at home: only what was fetched went over the wire.
    const fetched = sum(results.map((result) => worldValue(result, 'blocks') - worldValue(result, 'local_blocks')))
    const entries = sum(
      results.map((result) => worldValue(result, 'want_haves_sent') + worldValue(result, 'cancels_sent'))
    )
    const neighbours = PROVIDERS + BYSTANDERS
    const served = results.flatMap((result) => [peerValues(result, 'seed', 'blks_sent')])
    return [
      ratio(
        'want-haves and cancels of a request, for each neighbour',
        (856.1 + 849.7) / 853,
        entries / fetched / neighbours,
        0.1
      ),
      ...SHARES.map(([providers, share]): Check => {
        const part = sum(served.map((blocks) => sum(blocks.slice(0, providers)))) / sum(served.map(sum))
        const what = `part of the blocks that the first ${providers} providers serve`
        return comparison(what, share / SHARE_OF_HUNDRED, part, DRAWN)
      })
    ]
  }
}
