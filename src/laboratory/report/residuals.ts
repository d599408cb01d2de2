import type { CellSummary } from '../experiment/result-writer.ts'
import { median } from '../statistics/quantile.ts'
import { bySeed } from './summary.ts'

/** What one metric of one pair of strategies comes to in virtual time, and over libp2p. */
export interface Residual {
  readonly strategies: string
  readonly metric: string
  /** Counts should agree: the same code decides. Times are longer by what the model leaves out. */
  readonly kind: 'count' | 'time'
  readonly title: string
  readonly unit: string
  /** Runs of either kind. */
  readonly n: { readonly virtual: number; readonly libp2p: number }
  readonly virtual: number
  readonly libp2p: number
  /** How much more it is over libp2p, in percent of the virtual figure; undefined where that is 0. */
  readonly percent: number | undefined
}

type Compared = Pick<Residual, 'metric' | 'kind' | 'title' | 'unit'>

function counts(...metrics: readonly (readonly [string, string, string?])[]): Compared[] {
  return metrics.map(([metric, title, unit = '']) => ({ metric, kind: 'count', title, unit }))
}

function times(...metrics: readonly (readonly [string, string])[]): Compared[] {
  return metrics.map(([metric, title]) => ({ metric, kind: 'time', title, unit: 'ms' }))
}

const COMPARED: readonly Compared[] = [
  ...counts(
    ['failed', 'requests that failed'],
    ['fetched_blocks', 'blocks fetched'],
    ['fetched_data', 'bytes of blocks fetched', 'bytes'],
    ['duplicates', 'duplicate blocks'],
    ['duplicate_data', 'bytes of duplicate blocks', 'bytes'],
    ['want_blocks_sent', 'want-block entries'],
    ['want_haves_sent', 'want-have entries'],
    ['cancels_sent', 'cancel entries'],
    ['haves_sent', 'have entries'],
    ['dont_haves_sent', 'dont-have entries'],
    ['msgs_sent', 'messages'],
    ['wire_sent', 'bytes on the wire', 'bytes'],
    ['complaints', 'complaints in logs']
  ),
  ...times(
    ['time_to_first_block_median', 'time to first block, median'],
    ['time_to_first_block_p99', 'time to first block, 99th percentile'],
    ['time_to_fetch_median', 'time to fetch, median'],
    ['time_to_fetch_p90', 'time to fetch, 90th percentile'],
    ['time_to_fetch_p99', 'time to fetch, 99th percentile'],
    ['last_complete', 'until the last file was complete']
  )
]

/** For each pair of strategies that was run in both kinds of worlds: counts first, then times. None without both kinds. */
export function residuals(cells: readonly CellSummary[]): Residual[] {
  const pairs = Map.groupBy(cells, ({ server, client }) => `${server} / ${client}`)
  return Array.from(pairs).flatMap(([strategies, group]) => {
    const values = (worldKind: CellSummary['worldKind'], metric: string): number[] => {
      return [
        ...bySeed(
          group.filter((cell) => cell.worldKind === worldKind),
          metric
        ).values()
      ]
    }
    return COMPARED.flatMap((compared): Residual[] => {
      const [virtual, libp2p] = [values('virtual', compared.metric), values('libp2p', compared.metric)]
      if (virtual.length === 0 || libp2p.length === 0) return []
      const [expected, got] = [median(virtual), median(libp2p)]
      const percent = expected === 0 ? (got === 0 ? 0 : undefined) : (100 * (got - expected)) / expected
      const n = { virtual: virtual.length, libp2p: libp2p.length }
      return [{ ...compared, strategies, n, virtual: expected, libp2p: got, percent }]
    })
  })
}

/** `+3.1 %`, or a dash where there is nothing to compare with. */
export function percentText({ percent }: Pick<Residual, 'percent'>): string {
  if (percent === undefined) return '–'
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`
}

/** A line for each, for other programs. */
export function residualsCsv(all: readonly Residual[]): string {
  const lines = all.map(({ strategies, kind, metric, n, virtual, libp2p, percent }) => {
    const name = `"${strategies.replaceAll('"', '""')}"`
    return [name, kind, metric, n.virtual, n.libp2p, virtual, libp2p, percent ?? ''].join(',')
  })
  return `strategies,kind,metric,n_virtual,n_libp2p,virtual,libp2p,percent\n${lines.join('\n')}\n`
}
