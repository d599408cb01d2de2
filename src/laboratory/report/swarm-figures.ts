import type { CellSummary } from '../experiment/result-writer.ts'
import { boxFigure } from '../figures/box-plot.ts'
import { cdfFigure, type Series } from '../figures/cdf.ts'
import { lorenzFigure } from '../figures/lorenz.ts'
import { stackedBarsFigure } from '../figures/stacked-bars.ts'
import { LOST_TIME_METRICS } from '../metrics/lost-time.ts'
import { mean } from '../statistics/quantile.ts'
import type { Figure } from './figure.ts'
import type { MetricTable } from './metric-table.ts'
import { peerSeries } from './peer-series.ts'
import { bySeed, groupsOf } from './summary.ts'

/** How swarms came to their end, who gave how much, and where time went. */
export function swarmFigures(cells: readonly CellSummary[], table: MetricTable): Figure[] {
  return [
    {
      name: 'completion',
      svg: cdfFigure('Peers that have all they asked for', 'ms from the start', completions(table)),
      caption: 'Peers of all runs. A curve ends below 1 when some never had all.'
    },
    {
      name: 'lorenz',
      svg: lorenzFigure(
        'Who gives how much',
        'part of the peers, those first that gave least',
        'part of all block bytes sent',
        peerSeries(table, 'block_data_sent')
      ),
      caption: 'Peers of all runs together.'
    },
    {
      name: 'idle-uplink',
      svg: boxFigure('Idle uplink while somebody waits', 'part of the time', idleUplinks(cells)),
      caption:
        'Of the time in which a peer was asked for blocks that it had, the part in which its uplink sent nothing. ' +
        'A point is one run.'
    },
    {
      name: 'lost-time',
      svg: lostTimeFigure(cells),
      caption:
        'Where the time of a request went: means over complete requests, and over runs. The parts add up to all of it.'
    }
  ]
}

/** For every peer that asked for anything there is a row that says how often it failed. */
function completions(table: MetricTable): Series[] {
  const asked = new Map(peerSeries(table, 'leech_fails').map(({ name, values }) => [name, values.length]))
  return peerSeries(table, 'done').map(({ name, values }) => ({
    name,
    values,
    count: asked.get(name) ?? values.length
  }))
}

function idleUplinks(cells: readonly CellSummary[]): Series[] {
  return Array.from(groupsOf(cells), ([name, group]) => ({ name, values: [...bySeed(group, 'idle_uplink').values()] }))
}

function lostTimeFigure(cells: readonly CellSummary[]): string {
  const bars = Array.from(groupsOf(cells), ([name, group]) => ({
    name,
    parts: LOST_TIME_METRICS.map(([, metric]) => mean([...bySeed(group, metric).values()]))
  })).filter(({ parts }) => parts.every(Number.isFinite))
  const names = LOST_TIME_METRICS.map(([, metric]) => metric.replace(/^(time|lost)_/u, '').replaceAll('_', ' '))
  return stackedBarsFigure('Where time goes', 'ms', names, bars)
}
