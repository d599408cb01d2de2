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
  },
  {
    name: 'public-2022',
    about: 'the public network in small: concentrated providers, some behind NATs, all regions, churn, DHT walks',
    // One provider in ten has relayed addresses only. Of all nodes, half are behind a NAT: for clients it changes little.
    topology: { kind: 'random', seed: 60, leech: 20, passive: 20, degree: 24, nat_pct: 10 },
    link: {
      regions: true,
      jitter_pct: 10,
      tcp: 'lite',
      loss_pct: 0.1,
      stream_setup_rtts: 2,
      // Of our own making: lines of households, and one in ten of a server.
      classes: [
        { share: 0.4, upload_mb: 10, download_mb: 50 },
        { share: 0.3, upload_mb: 20, download_mb: 100 },
        { share: 0.2, upload_mb: 30, download_mb: 300 },
        { share: 0.1, upload_mb: 1_000, download_mb: 1_000 }
      ]
    },
    churn: { kind: 'weibull', median_ms: 7_200_000, shape: 0.608, off_ms: 600_000 },
    content: { file_size: [50_000, 500_000, 5_000_000], files: 200 },
    workload: { kind: 'popularity', popularity: { requests: 150, rate: 1, replicas: 2 } },
    routing: { kind: 'dht-phases', walk_s: [0.62, 0.64], dial_s: [0.55, 0.48] },
    limit_ms: 300_000
  },
  {
    name: 'datacenter',
    about: 'three seeds and three leeches on 1 Gbit/s links of 5 ms, with stores that take 25 ms',
    topology: { kind: 'mesh', seed: 3, leech: 3 },
    link: { latency_ms: 5, jitter_pct: 50, bandwidth_mb: 1_000, download_mb: 1_000 },
    store: { delay_ms: 25 },
    content: { file_size: 26_214_400 },
    workload: { fetch: 'all' }
  },
  {
    name: 'mobile-edge',
    about: 'phones on lossy links that come and go, and two seeds at the edge, near them',
    topology: { kind: 'mesh', seed: 2, leech: 20, nat_pct: 40 },
    link: {
      latency_ms: 60,
      jitter_pct: 40,
      seed_latency_ms: [10],
      tcp: 'lite',
      loss_pct: 1,
      classes: [
        { share: 0.5, upload_mb: 3, download_mb: 20 },
        { share: 0.5, upload_mb: 10, download_mb: 60 }
      ]
    },
    churn: { kind: 'weibull', median_ms: 120_000, shape: 0.59, off_ms: 30_000 },
    content: { file_size: 3_000_000 },
    workload: { request_stagger: 500 },
    limit_ms: 1_800_000
  },
  {
    name: 'ci-cache',
    about: 'runners that start together and want the same layers, large and small, of one cache and of each other',
    topology: { kind: 'mesh', seed: 1, leech: 8 },
    link: { latency_ms: 1, bandwidth_mb: 1_000 },
    cpu: { perMessageUs: 50, perByteNs: 2 },
    store: { delay_ms: 2 },
    content: { file_size: [200_000, 1_000_000, 8_000_000], files: 6 },
    workload: { waves: 3, wave_gap_ms: 1_000 }
  }
]
