import type { CellSummary } from '../experiment/result-writer.ts'
import { median } from '../statistics/quantile.ts'
import { digits, heading, htmlTable, paragraph } from './html.ts'
import { percentText, type Residual } from './residuals.ts'

const ABOUT =
  'The same scenario in virtual time and over real libp2p nodes, which share one thread and meet on loopback. There, ' +
  'latency, jitter, losses and bandwidth of the scenario are made in user space: the same model of links holds each ' +
  'message back before libp2p gets it. Medians of the runs. Counts should agree, for the same code decides in both; times ' +
  'hold besides what the model leaves out: the work of the processor, of which all nodes share one, timers that are late, ' +
  'and streams being opened.'

/** The part of a report that sets the two kinds of worlds side by side; empty unless both were run. */
export function residualSection(all: readonly Residual[], cells: readonly CellSummary[]): string[] {
  if (all.length === 0) return []
  const ofKind = (kind: Residual['kind']): Residual[] => all.filter((residual) => residual.kind === kind)
  return [
    heading(2, 'Virtual time and real libp2p'),
    paragraph(ABOUT),
    paragraph(loadText(cells)),
    heading(3, 'Counts'),
    residualTable(ofKind('count')),
    heading(3, 'Times'),
    residualTable(ofKind('time'))
  ]
}

function loadText(cells: readonly CellSummary[]): string {
  const real = cells.filter(({ worldKind }) => worldKind === 'libp2p')
  const of = (metric: string): number => median(real.map(({ world }) => world[metric] ?? NaN))
  return (
    `The thread of the nodes was busy for ${(100 * of('loop_utilisation')).toFixed(0)} % of the time; of its turns, ` +
    `half were late by ${digits(of('loop_delay_median'))} ms, and one in a hundred by ${digits(of('loop_delay_p99'))} ms or more.`
  )
}

function residualTable(residuals: readonly Residual[]): string {
  const rows = residuals.map((residual) => {
    const { strategies, title, unit, n, virtual, libp2p } = residual
    const name = unit === '' ? title : `${title} (${unit})`
    const runs = n.virtual === n.libp2p ? String(n.virtual) : `${n.virtual}, ${n.libp2p}`
    return [`${strategies}: ${name}`, runs, digits(virtual), digits(libp2p), percentText(residual)]
  })
  return htmlTable(['server / client', 'n', 'virtual', 'libp2p', 'difference'], rows)
}
