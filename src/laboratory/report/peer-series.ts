import type { Series } from '../figures/cdf.ts'
import type { MetricTable } from './metric-table.ts'
import { nameOf } from './summary.ts'

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
