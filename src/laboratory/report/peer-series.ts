import type { Series } from '../figures/cdf.ts'
import { sum } from '../statistics/quantile.ts'
import type { MetricTable } from './metric-table.ts'
import { nameOf } from './summary.ts'

/** How many requests never came to an end, in all runs, for each pair of strategies. */
export function failedRequests(table: MetricTable): ReadonlyMap<string, number> {
  return new Map(peerSeries(table, 'leech_fails').map(({ name, values }) => [name, sum(values)]))
}

/** Times of requests; those that failed have none, and count: a curve ends below 1 where there are any. */
export function requestSeries(table: MetricTable, metric: string): Series[] {
  const failed = failedRequests(table)
  const known = peerSeries(table, metric)
  const names = new Set([...known.map(({ name }) => name), ...failed.keys()])
  return Array.from(names, (name) => {
    const values = known.find((series) => series.name === name)?.values ?? []
    return { name, values, count: values.length + (failed.get(name) ?? 0) }
  }).filter(({ count }) => count > 0)
}

/** The values of a metric of single peers in all runs, for each pair of strategies. */
export function peerSeries(table: MetricTable, metric: string): Series[] {
  const series = new Map<string, number[]>()
  for (const [at, name] of table.metric.entries()) {
    if (name !== metric || table.peer[at] === -1) continue
    const worldKind = table.world[at] === 'libp2p' ? 'libp2p' : 'virtual'
    const key = nameOf({ server: table.server[at] ?? '', client: table.client[at] ?? '', worldKind })
    const values = series.get(key) ?? []
    series.set(key, values)
    values.push(table.value[at] ?? NaN)
  }
  return Array.from(series, ([name, values]) => ({ name, values }))
}
