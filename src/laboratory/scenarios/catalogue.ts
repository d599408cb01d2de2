/** What a scenario file holds, with the two fields that a list shows. */
export interface NamedScenario extends Readonly<Record<string, unknown>> {
  readonly name: string
  readonly about: string
}

/**
 * Scenarios that come with the laboratory, as their files would be. Those of published experiments are in
 * `reproduce/`; these are for beginning with, and for changing.
 */
export const SCENARIOS: readonly NamedScenario[] = [
  {
    name: 'swarm',
    about: 'one seed, 29 leeches that begin at once, a mesh of 100 Mbit/s',
    topology: { kind: 'mesh', seed: 1, leech: 29 },
    link: { latency_ms: 50, jitter_pct: 10, bandwidth_mb: 100 },
    content: { file_size: 10_000_000 }
  },
  {
    name: 'waves',
    about: 'one seed, 29 leeches in ten waves: those who came first serve those who come later',
    topology: { kind: 'mesh', seed: 1, leech: 29 },
    link: { latency_ms: 100, jitter_pct: 10, bandwidth_mb: 100 },
    content: { file_size: 1_000_000 },
    workload: { kind: 'fetch', waves: 10, wave_gap_ms: 5_000 }
  },
  {
    name: 'trade',
    about: 'twenty peers, each with a file that the others want: where reciprocation can show',
    topology: { kind: 'mesh', seed: 0, leech: 20 },
    link: { latency_ms: 25, bandwidth_mb: 10 },
    content: { file_size: 2_000_000 },
    workload: { kind: 'trade', wants: 6 },
    exchange: { uploadSlots: 2 }
  },
  {
    name: 'gateway',
    about: 'requests by popularity, as a public gateway sees them, over concentrated providers',
    topology: { kind: 'random', seed: 40, leech: 10, degree: 20 },
    link: { latency_ms: 75, jitter_pct: 10, bandwidth_mb: 100 },
    content: { file_size: [50_000, 500_000, 5_000_000], files: 500 },
    workload: { kind: 'popularity', popularity: { requests: 1_000, rate: 20 } },
    routing: { kind: 'instant', delay_ms: 600 }
  },
  {
    name: 'crowd',
    about: 'a thousand peers, twenty neighbours each, ten seeds',
    topology: { kind: 'random', seed: 10, leech: 990, degree: 20 },
    link: { latency_ms: 50, bandwidth_mb: 100 },
    content: { file_size: 10_000_000 },
    seeds: { count: 3 }
  }
]
