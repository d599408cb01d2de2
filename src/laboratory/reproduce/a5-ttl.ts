import type { CellResult } from '../results.ts'
import { median } from '../statistics/quantile.ts'
import {
  checkedScenario,
  comparison,
  ordering,
  ratio,
  short,
  worldValue,
  type Check,
  type Reproduction
} from './reproduction.ts'

interface Size {
  readonly name: string
  readonly bytes: number
  /** Runs; one of a larger file takes half a minute and more. */
  readonly seeds: number
  /** Medians of the baseline and of TTL, in seconds. */
  readonly published: readonly [baseline: number, ttl: number]
  /** Duplicates of TTL for one of the baseline. */
  readonly duplicates: number
}

const SIZES: readonly Size[] = [
  { name: '66 kB', bytes: 66_000, seeds: 5, published: [1.045, 0.815], duplicates: 6.8 },
  { name: '30 MB', bytes: 30_000_000, seeds: 1, published: [117, 98], duplicates: 4.9 },
  { name: '150 MB', bytes: 150_000_000, seeds: 1, published: [1_147, 1_581], duplicates: 7.4 }
]

/** The size whose published baseline the pace of the core was set by. */
const CALIBRATED = '30 MB'
/** One core for thirty containers, of a pace that makes the published time of the baseline at 30 MB; the rest follows. */
const CPU = { perMessageUs: 50, perByteNs: 87, shared: true }

function scenario({ name, bytes }: Size): Record<string, unknown> {
  return checkedScenario({
    name: `e8-${name.replace(' ', '-')}`,
    about: 'fifteen leeches that know no seed, and ten peers between them and the seeds',
    topology: { kind: 'sparse', seed: 5, leech: 15, passive: 10 },
    link: { latency_ms: 100, jitter_pct: 10, bandwidth_mb: 100, stream_setup_rtts: 1 },
    store: { delay_ms: 5 },
    cpu: CPU,
    content: { file_size: bytes, rawLeaves: false },
    // A DHT of thirty peers: (1 + log_20 30) round trips.
    routing: { kind: 'dht-phases', walk_s: [0.43, 0.1], dial_s: [0.3, 0.1] },
    exchange: { targetMessageBytes: 16 * 1024 },
    limit_ms: 3_600_000
  })
}

/** Wants that are passed on gain where finding takes longest, and lose where every block goes through a third peer. */
export const a5: Reproduction = {
  name: 'a5',
  title: 'wants that are passed on, for a small file and for large ones',
  source: 'Beyond Bitswap RFC BB-L1-02; de la Rocha et al. 2021, Fig. 10 and 12 (E8)',
  contradictions:
    'The text says 33 % less time and five times the duplicates; figures show 22 % less and 6.8 times at 66 kB, 17 % less and ' +
    '4.9 times at 30 MB. Ten passive peers in the composition, five in the paper.',
  run: async (bench) => {
    const cells = SIZES.flatMap((size) => {
      const json = scenario(size)
      const seeds = bench.seeds.slice(0, size.seeds)
      return ['boxo', 'ttl'].map((client) => seeds.map((seed) => ({ json, server: 'go-default', client, seed })))
    })
    const results = [...(await bench.run(cells.flat()))]
    const groups = cells.map(({ length }) => results.splice(0, length))
    return SIZES.flatMap((size, at) => checksOf(size, groups[2 * at] ?? [], groups[2 * at + 1] ?? []))
  }
}

function checksOf(size: Size, baseline: readonly CellResult[], ttl: readonly CellResult[]): Check[] {
  const [before, after] = [seconds(baseline), seconds(ttl)]
  const [published, publishedTtl] = size.published
  const isFaster = publishedTtl < published
  const duplicates = medianOf(ttl, 'duplicates') / Math.max(1, medianOf(baseline, 'duplicates'))
  return [
    ordering(
      `${size.name}: time to fetch with TTL`,
      `${isFaster ? 'less' : 'more'} than without: ${short(published)} s, then ${short(publishedTtl)} s`,
      `${short(before)} s, then ${short(after)} s`,
      before !== after && after < before === isFaster
    ),
    baselineCheck(size.name, published, before),
    ratio(`${size.name}: time with TTL, over that without`, publishedTtl / published, after / before, 0.15),
    ratio(`${size.name}: duplicates with TTL, over those without`, size.duplicates, duplicates, 0.4)
  ]
}

function baselineCheck(size: string, published: number, ours: number): Check {
  const what = `${size}: seconds of the baseline`
  if (size !== CALIBRATED) return ratio(what, published, ours, 0.25)
  return comparison(what, published, ours, 'the pace of the core was set so that it comes out')
}

function seconds(results: readonly CellResult[]): number {
  return medianOf(results, 'time_to_fetch_median') / 1_000
}

function medianOf(results: readonly CellResult[], metric: string): number {
  return median(results.map((result) => worldValue(result, metric)))
}
