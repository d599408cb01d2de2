import { median } from '../statistics/quantile.ts'
import { checkedScenario, comparison, ordering, short, worldValue, type Reproduction } from './reproduction.ts'

const REQUESTS = 300

const SCENARIO = checkedScenario({
  name: 'e15',
  about: 'gateways that ask neighbours, most of whom have nothing',
  topology: { kind: 'spokes', seed: 40, leech: 2, passive: 160 },
  link: { latency_ms: 75, jitter_pct: 10, bandwidth_mb: 100, remote: true },
  content: { file_size: 50_000, files: REQUESTS },
  workload: {
    kind: 'popularity',
    popularity: { requests: REQUESTS, rate: 4, providers: 'concentrated', replicas: 2 }
  },
  routing: { kind: 'instant', delay_ms: 600 },
  exchange: { targetMessageBytes: 16 * 1024 }
})

export const a8: Reproduction = {
  name: 'a8',
  title: 'asking only peers that answered before',
  source: 'ipfs/kubo#10825, 2025, staging of a public gateway (E15)',
  contradictions: 'The source calls its factor of 11 "98 %": it is 91 %.',
  run: async (bench) => {
    const seeds = bench.seeds.slice(0, 5)
    const cells = ['boxo', 'broadcast-control'].flatMap((client) =>
      seeds.map((seed) => ({ json: SCENARIO, server: 'boxo-fair', client, seed }))
    )
    const results = await bench.run(cells)
    const middle = (from: number, metric: string): number =>
      median(results.slice(from, from + seeds.length).map((result) => worldValue(result, metric)))
    const [before, after] = [middle(0, 'want_haves_sent'), middle(seeds.length, 'want_haves_sent')]
    const [hitsBefore, hitsAfter] = [REQUESTS - middle(0, 'failed'), REQUESTS - middle(seeds.length, 'failed')]
    return [
      ordering(
        'want-haves',
        'at least 80 % fewer (150k to 30k a minute; 698k to 62k in a surge)',
        `${short(before)}, then ${short(after)}: ${short(Math.round(100 * (1 - after / before)))} % fewer`,
        after <= 0.2 * before,
        'a peer that answered once is asked for everything afterwards, and of few peers most have answered once'
      ),
      comparison(
        'requests that were served',
        'no fewer',
        `${short(hitsBefore)}, then ${short(hitsAfter)}`,
        'routing knows every provider here, so that all are served whoever is asked'
      )
    ]
  }
}
