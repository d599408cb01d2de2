import type { CellSummary } from '../experiment/result-writer.ts'
import { boxFigure } from '../figures/box-plot.ts'
import { cdfFigure } from '../figures/cdf.ts'
import { stackedBarsFigure } from '../figures/stacked-bars.ts'
import { median, sum } from '../statistics/quantile.ts'
import type { Figure } from './figure.ts'
import type { MetricTable } from './metric-table.ts'
import { failedRequests, peerSeries, requestSeries } from './peer-series.ts'
import { bySeed, groupsOf } from './summary.ts'
import { swarmFigures } from './swarm-figures.ts'

/** Kinds of entries in messages, duplicates on top. */
const KINDS = [
  ['want-have', 'want_haves_sent'],
  ['want-block', 'want_blocks_sent'],
  ['cancel', 'cancels_sent'],
  ['have', 'haves_sent'],
  ['dont-have', 'dont_haves_sent'],
  ['block', 'blocks'],
  ['duplicate block', 'duplicates']
] as const

/** Every figure that the results have data for. */
export function drawFigures(cells: readonly CellSummary[], table: MetricTable): Figure[] {
  const times = requestSeries(table, 'time_to_fetch')
  const failed = sum([...failedRequests(table).values()])
  const never =
    failed === 0 ? 'None failed.' : `${failed} failed: they count as never finished, and a curve with any ends below 1.`
  const runs = Array.from(groupsOf(cells), ([name, group]) => {
    return { name, values: [...bySeed(group, 'time_to_fetch_median').values()] }
  })
  const bars = Array.from(groupsOf(cells), ([name, group]) => ({
    name,
    parts: KINDS.map(([, metric]) => median([...bySeed(group, metric).values()]))
  }))
  return [
    {
      name: 'time-to-fetch-cdf',
      svg: cdfFigure('Time to fetch', 'ms', times),
      caption: `Every request of every run. ${never} Requests of one run are not independent of each other.`
    },
    {
      name: 'time-to-first-block-cdf',
      svg: cdfFigure('Time to the first block', 'ms', peerSeries(table, 'time_to_first_block')),
      caption: 'Every request of every run that got a block from another peer.'
    },
    {
      name: 'time-to-fetch-runs',
      svg: boxFigure('Median time to fetch of a run', 'ms', runs),
      caption: 'A point is one run, with a seed of its own.'
    },
    {
      name: 'entries',
      svg: stackedBarsFigure(
        'What messages carried',
        'entries, median of the runs',
        KINDS.map(([kind]) => kind),
        bars
      ),
      caption: 'Duplicates are blocks that had arrived before, or were no longer wanted.'
    },
    ...swarmFigures(cells, table)
  ]
}
