import { hypothesis, type Arm, type Claim } from './hypothesis.ts'

const SIZES = [66_000, 250_000, 1_000_000, 4_000_000] as const
const DEGREES = [2, 8] as const

function arm(client: string, bytes: number): Arm {
  const json = {
    name: `h7-${bytes}`,
    about: 'leeches that know no seed: through peers that relay, or through routing',
    topology: { kind: 'sparse', seed: 5, leech: 10, passive: 10 },
    link: { latency_ms: 100, jitter_pct: 10, bandwidth_mb: 10 },
    store: { delay_ms: 5 },
    content: { file_size: bytes, rawLeaves: false },
    // A walk and a dial of the public network, in the mean.
    routing: { kind: 'instant', delay_ms: 1_170 },
    exchange: { targetMessageBytes: 16 * 1024 },
    limit_ms: 600_000
  }
  return { json, server: 'go-default', client }
}

const relaying = (degree: number): string => `ttl:degree=${degree}`

/**
 * The size at which relaying begins to take longer than routing, between two sizes by the logarithms; NaN when it takes
 * longer from the smallest size on, or up to the largest does not.
 */
export function crossover(sizes: readonly number[], timeRatios: readonly number[]): number {
  const over = timeRatios.findIndex((ratio) => ratio > 1)
  const [below = NaN, above = NaN] = [timeRatios[over - 1], timeRatios[over]]
  const [from = NaN, to = NaN] = [sizes[over - 1], sizes[over]]
  const part = -Math.log(below) / (Math.log(above) - Math.log(below))
  return from * (to / from) ** part
}

export const h7 = hypothesis({
  name: 'h7',
  title: 'relaying, the size of files, and the number of peers asked',
  source: 'after Beyond Bitswap RFC BB-L1-02 and de la Rocha et al. 2021, Fig. 10 and 12',
  statement:
    'Relaying wants (TTL 1) is faster than routing for small files and slower for large ones, and the size where this turns ' +
    'falls in inverse proportion to the number of peers that a relay asks: the slope between logarithms is −1 ± 0.5.',
  limits:
    'Ten leeches, five seeds, ten that relay, 10 Mibit/s; two degrees, and sizes up to 4 MB. Nothing is said of larger files: ' +
    'the published turn lies between 30 and 150 MB.',
  arms: Object.fromEntries(
    SIZES.flatMap((bytes) =>
      ['boxo', ...DEGREES.map(relaying)].map((client) => [`${client} ${bytes}`, arm(client, bytes)] as const)
    )
  ),
  claims: ({ world }): readonly Claim[] => {
    const times = (client: string, bytes: number): readonly number[] =>
      world(`${client} ${bytes}`, 'time_to_fetch_median')
    const gains = DEGREES.map((degree) =>
      SIZES.map((bytes) => times(relaying(degree), bytes).map((ms, at) => ms / (times('boxo', bytes)[at] ?? NaN)))
    )
    const turns = gains.map((ofDegree) =>
      (ofDegree[0] ?? []).map((_, seed) =>
        crossover(
          SIZES,
          ofDegree.map((ratios) => ratios[seed] ?? NaN)
        )
      )
    )
    const [low = [], high = []] = turns
    const span = Math.log(DEGREES[1] / DEGREES[0])
    return [
      {
        what: 'smallest file: time with relays over that with routing',
        values: gains[1]?.[0] ?? [],
        bound: { to: 1 }
      },
      { what: 'largest file: the same', values: gains[1]?.at(-1) ?? [], bound: { from: 1 } },
      {
        what: 'slope of the size where it turns, in logarithms',
        values: low.map((size, at) => Math.log((high[at] ?? NaN) / size) / span),
        bound: { from: -1.5, to: -0.5 }
      },
      ...DEGREES.flatMap((degree, at) =>
        SIZES.map((bytes, size) => ({
          what: `${degree} asked, ${bytes / 1_000} kB: time over that with routing`,
          values: gains[at]?.[size] ?? []
        }))
      )
    ]
  }
})
