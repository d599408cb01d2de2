import type { Fields } from './fields.ts'
import type { PopularityOptions, WorkloadOptions } from './scenario.ts'

export function readWorkload(workload: Fields): WorkloadOptions {
  // Files are read before scenarios are.
  if (workload.has('trace_csv')) throw workload.wrong('trace_csv', 'the name of a file, in a scenario of a file')
  const kind = workload.choice('kind', ['fetch', 'trade', 'popularity', 'trace'], 'fetch')
  if (kind === 'trace' && !workload.has('trace')) throw workload.wrong('trace', 'requests, here or in trace_csv')
  return {
    kind,
    waves: workload.whole('waves', 1, { min: 1 }),
    wave_gap_ms: workload.number('wave_gap_ms', 5_000),
    request_stagger: workload.number('request_stagger', 0),
    fetch: workload.choice('fetch', ['walk', 'all', 'one', 'batch'], 'walk'),
    spread: workload.choice('spread', ['all', 'overlap1', 'overlap3', 'one-each'], 'all'),
    seeder_rate: workload.number('seeder_rate', 100, { max: 100 }),
    seed_fraction: workload.pair('seed_fraction', [1, 1], { whole: true }),
    wants: workload.whole('wants', 0),
    popularity: workload.section('popularity', readPopularity),
    trace: workload.list('trace', (request) => ({
      atMs: request.number('atMs', 0),
      leech: request.whole('leech', 0),
      file: request.whole('file', 0)
    }))
  }
}

/** The defaults fit two weeks of a public gateway: Zipf–Mandelbrot, (k + 16)^−1.05. */
function readPopularity(popularity: Fields): PopularityOptions {
  return {
    kind: popularity.choice('kind', ['zipf', 'mandelbrot', 'uniform'], 'mandelbrot'),
    s: popularity.number('s', 1.05),
    q: popularity.number('q', 16),
    requests: popularity.whole('requests', 1_000, { min: 1, max: 10_000_000 }),
    rate: popularity.number('rate', 10, { min: 0.001 }),
    providers: popularity.choice('providers', ['concentrated', 'even'], 'concentrated'),
    replicas: popularity.whole('replicas', 1, { min: 1 })
  }
}
