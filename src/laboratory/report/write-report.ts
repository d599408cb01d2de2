import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteFile } from 'hyparquet-writer'
import { boxFigure } from '../figures/box-plot.ts'
import { cdfFigure, type Series } from '../figures/cdf.ts'
import { stackedBarsFigure } from '../figures/stacked-bars.ts'
import { readCells, readManifest, type CellSummary } from '../experiment/read-results.ts'
import { METRICS_FILE, type Manifest } from '../experiment/result-writer.ts'
import { median } from '../statistics/quantile.ts'
import { digits, figure, heading, htmlPage, htmlTable, intervalText, paragraph, preformatted } from './html.ts'
import { readMetrics, type MetricTable } from './metric-table.ts'
import { bySeed, compare, estimate, groupsOf, REPORTED, type Comparison, type Estimate } from './summary.ts'

export interface ReportFiles {
  readonly html: string
  readonly summary: string
  readonly parquet: string
  readonly figures: readonly string[]
}

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

/** Reads a directory of results and writes into it: report.html, summary.csv, metrics.parquet, and the figures as SVG. */
export async function writeReport(directory: string): Promise<ReportFiles> {
  const [manifest, cells] = [await readManifest(directory), await readCells(directory)]
  const table = await readMetrics(join(directory, METRICS_FILE))
  const figures = drawFigures(cells, table)
  const estimates = REPORTED.flatMap(({ metric }) => estimate(cells, metric))
  const comparisons = REPORTED.flatMap(({ metric }) => compare(cells, metric))
  const paths = { html: join(directory, 'report.html'), summary: join(directory, 'summary.csv') }
  const parquet = join(directory, 'metrics.parquet')
  await writeFile(paths.html, pageOf(manifest, cells, estimates, comparisons, figures))
  await writeFile(paths.summary, summaryCsv(estimates, comparisons))
  writeParquet(parquet, table)
  await mkdir(join(directory, 'figures'), { recursive: true })
  const drawn = figures.filter(({ svg }) => svg !== '')
  for (const { name, svg } of drawn) await writeFile(join(directory, 'figures', `${name}.svg`), svg)
  return { ...paths, parquet, figures: drawn.map(({ name }) => join(directory, 'figures', `${name}.svg`)) }
}

interface Figure {
  readonly name: string
  readonly svg: string
  readonly caption: string
}

function drawFigures(cells: readonly CellSummary[], table: MetricTable): Figure[] {
  const times = peerSeries(table, 'time_to_fetch')
  const firsts = peerSeries(table, 'time_to_first_block')
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
      caption: 'Every request of every run. Requests of one run are not independent of each other.'
    },
    {
      name: 'time-to-first-block-cdf',
      svg: cdfFigure('Time to the first block', 'ms', firsts),
      caption: 'Every request of every run.'
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
    }
  ]
}

function peerSeries(table: MetricTable, metric: string): Series[] {
  const series = new Map<string, number[]>()
  for (const [at, name] of table.metric.entries()) {
    if (name !== metric) continue
    const key = `${table.server[at] ?? ''} / ${table.client[at] ?? ''}`
    const values = series.get(key) ?? []
    series.set(key, values)
    values.push(table.value[at] ?? NaN)
  }
  return Array.from(series, ([name, values]) => ({ name, values }))
}

function pageOf(
  manifest: Manifest,
  cells: readonly CellSummary[],
  estimates: readonly Estimate[],
  comparisons: readonly Comparison[],
  figures: readonly Figure[]
): string {
  const [first] = groupsOf(cells).keys()
  const title = cells[0]?.scenario ?? 'results'
  return htmlPage(`Barter laboratory: ${title}`, [
    heading(1, title),
    paragraph(
      `${cells.length} runs: ${manifest.servers.length} server strategies × ${manifest.clients.length} client strategies × ` +
        `${manifest.seeds.length} seeds. A run is one value; intervals are 95 % bootstrap intervals of the median.`
    ),
    heading(2, 'Results'),
    ...REPORTED.map(({ metric, title: name, unit }) =>
      estimateTable(
        unit === '' || unit === '1' ? name : `${name} (${unit})`,
        estimates.filter((one) => one.metric === metric)
      )
    ),
    ...(comparisons.length === 0
      ? []
      : [
          heading(2, `Compared with ${first ?? ''}`),
          paragraph(
            'Seed by seed. p is of the signed-rank test, raised for the number of comparisons of a metric (Holm).'
          ),
          comparisonTable(comparisons)
        ]),
    heading(2, 'Figures'),
    ...figures.map(({ svg, caption }) => figure(svg, caption)),
    heading(2, 'Scenario'),
    preformatted(JSON.stringify(manifest.scenario, undefined, 2)),
    heading(2, 'Environment'),
    htmlTable(
      ['', ''],
      [
        ['Barter', manifest.barter],
        ['Node.js', manifest.node],
        ['platform', manifest.platform],
        ['scenario', manifest.scenarioHash],
        ['seeds', manifest.seeds.join(', ')]
      ]
    ),
    heading(2, 'Runs'),
    htmlTable(
      ['strategies', 'seed', 'messages', 'virtual ms', 'event log'],
      cells.map((cell) => [
        `${cell.server} / ${cell.client}`,
        String(cell.seed),
        String(cell.messages),
        digits(cell.virtualMs),
        cell.eventHash.slice(0, 16)
      ])
    )
  ])
}

function estimateTable(title: string, estimates: readonly Estimate[]): string {
  if (estimates.length === 0) return ''
  const rows = estimates.map(({ strategies, n, median: middle, interval }) => {
    return [strategies, String(n), digits(middle), intervalText(interval)]
  })
  return heading(3, title) + htmlTable(['server / client', 'n', 'median', '95 %'], rows)
}

function comparisonTable(comparisons: readonly Comparison[]): string {
  const titles = new Map(REPORTED.map(({ metric, title }) => [metric, title]))
  const rows = comparisons.map(({ strategies, metric, n, shift, interval, delta, p }) => [
    `${titles.get(metric) ?? metric}: ${strategies}`,
    String(n),
    digits(shift),
    intervalText(interval),
    digits(delta),
    p < 0.0001 ? '< 0.0001' : digits(p)
  ])
  return htmlTable(['', 'n', 'shift', '95 % of the median difference', "Cliff's δ", 'p'], rows)
}

function summaryCsv(estimates: readonly Estimate[], comparisons: readonly Comparison[]): string {
  const shifts = new Map(comparisons.map((one) => [`${one.metric} ${one.strategies}`, one]))
  const lines = estimates.map(({ strategies, metric, n, median: middle, interval: { low, high } }) => {
    const against = shifts.get(`${metric} ${strategies}`)
    const compared = against === undefined ? ['', '', ''] : [against.shift, against.delta, against.p]
    return [`"${strategies.replaceAll('"', '""')}"`, metric, n, middle, low, high, ...compared].join(',')
  })
  return `strategies,metric,n,median,low,high,shift,cliffs_delta,p_holm\n${lines.join('\n')}\n`
}

function writeParquet(filename: string, table: MetricTable): void {
  parquetWriteFile({
    filename,
    columnData: [
      { name: 'server', data: table.server, type: 'STRING' },
      { name: 'client', data: table.client, type: 'STRING' },
      { name: 'seed', data: table.seed, type: 'INT32' },
      { name: 'peer', data: table.peer, type: 'INT32' },
      { name: 'role', data: table.role, type: 'STRING' },
      { name: 'metric', data: table.metric, type: 'STRING' },
      { name: 'value', data: table.value, type: 'DOUBLE' },
      { name: 'unit', data: table.unit, type: 'STRING' }
    ]
  })
}
