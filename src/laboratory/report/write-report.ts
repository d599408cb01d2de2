import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCells, readManifest } from '../experiment/read-results.ts'
import { METRICS_FILE } from '../experiment/result-directory.ts'
import { drawFigures } from './draw-figures.ts'
import { readMetrics } from './metric-table.ts'
import { pageOf } from './page.ts'
import { writeParquet } from './parquet.ts'
import { residuals, residualsCsv, type Residual } from './residuals.ts'
import { summaryCsv } from './summary-csv.ts'
import { compare, estimate, REPORTED } from './summary.ts'
import { testgroundResults } from './testground-results.ts'

export interface ReportFiles {
  readonly html: string
  readonly summary: string
  readonly parquet: string
  /** Rows of single peers, as Testground writes them. */
  readonly testground: string
  readonly figures: readonly string[]
  /** Virtual time beside libp2p, where there are runs of both; then there is a file of it, too. */
  readonly residuals: readonly Residual[]
  readonly residualsFile: string | undefined
}

/** Reads a directory of results and writes into it: report.html, summary.csv, metrics.parquet, results.out, and the figures. */
export async function writeReport(directory: string): Promise<ReportFiles> {
  const [manifest, cells] = [await readManifest(directory), await readCells(directory)]
  const table = await readMetrics(join(directory, METRICS_FILE))
  const figures = drawFigures(cells, table)
  const estimates = REPORTED.flatMap(({ metric }) => estimate(cells, metric))
  const comparisons = REPORTED.flatMap(({ metric }) => compare(cells, metric))
  const compared = residuals(cells)
  const residualsFile = compared.length === 0 ? undefined : join(directory, 'residuals.csv')
  const paths = { html: join(directory, 'report.html'), summary: join(directory, 'summary.csv') }
  const [parquet, testground] = [join(directory, 'metrics.parquet'), join(directory, 'results.out')]
  await writeFile(paths.html, pageOf({ manifest, cells, estimates, comparisons, residuals: compared, figures }))
  await writeFile(paths.summary, summaryCsv(estimates, comparisons))
  if (residualsFile !== undefined) await writeFile(residualsFile, residualsCsv(compared))
  await writeFile(testground, testgroundResults(manifest, table))
  writeParquet(parquet, table)
  await mkdir(join(directory, 'figures'), { recursive: true })
  const drawn = figures.filter(({ svg }) => svg !== '')
  for (const { name, svg } of drawn) await writeFile(join(directory, 'figures', `${name}.svg`), svg)
  const drawings = drawn.map(({ name }) => join(directory, 'figures', `${name}.svg`))
  return { ...paths, parquet, testground, figures: drawings, residuals: compared, residualsFile }
}
