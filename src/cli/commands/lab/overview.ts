import { counted } from '../../../counted.ts'
import { readCells } from '../../../laboratory/experiment/read-results.ts'
import type { CellSummary } from '../../../laboratory/experiment/result-writer.ts'
import { nameOf } from '../../../laboratory/report/summary.ts'
import { median } from '../../../laboratory/statistics/quantile.ts'
import type { Cli } from '../../cli.ts'

const COLUMNS = [
  { title: 'time to fetch', metric: 'time_to_fetch_median', unit: 'ms' },
  { title: 'last', metric: 'last_complete', unit: 'ms' },
  { title: 'duplicates', metric: 'duplicate_ratio', unit: '%' },
  { title: 'messages', metric: 'msgs_sent', unit: '' },
  { title: 'failed', metric: 'failed', unit: '' }
] as const

/** A line for each pair of strategies: the medians over the seeds. */
export async function printOverview(cli: Cli, directory: string, isJson: boolean): Promise<void> {
  const cells = await readCells(directory)
  const groups = Map.groupBy(cells, nameOf)
  if (isJson) {
    for (const [strategies, group] of groups)
      await cli.print(JSON.stringify({ Strategies: strategies, ...medians(group) }))
    return
  }
  const width = Math.max(12, ...Array.from(groups.keys(), (name) => name.length))
  await cli.print(['server / client'.padEnd(width), ...COLUMNS.map(({ title }) => title.padStart(14))].join('  '))
  for (const [strategies, group] of groups) {
    const values = medians(group)
    const shown = COLUMNS.map(({ metric, unit }) => show(values[metric], unit).padStart(14))
    await cli.print([strategies.padEnd(width), ...shown].join('  '))
  }
  for (const [strategies, group] of groups) {
    const complaints = group.reduce((sum, { world }) => sum + (world.complaints ?? 0), 0)
    if (complaints > 0) {
      cli.warn(
        `Careful: ${strategies}: peers complained ${counted(complaints, 'time')} in their logs; is the strategy broken?`
      )
    }
  }
}

function medians(group: readonly CellSummary[]): Record<string, number> {
  return Object.fromEntries(
    COLUMNS.map(({ metric }) => [metric, median(group.map(({ world }) => world[metric] ?? NaN))])
  )
}

function show(value: number | undefined, unit: '' | 'ms' | '%'): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  if (unit === 'ms') return `${Math.round(value)} ms`
  return unit === '%' ? `${(100 * value).toFixed(1)} %` : String(Math.round(value))
}
