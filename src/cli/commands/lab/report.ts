import type { Command } from 'commander'
import { percentText, type Residual } from '../../../laboratory/report/residuals.ts'
import type { Cli } from '../../cli.ts'

export function addReportCommand(group: Command, cli: Cli): void {
  const report = group
    .command('report')
    .summary('make a page of results')
    .description(
      'Write report.html, one self-contained page, and beside it summary.csv, metrics.parquet, the figures, and results.out, the metrics of single peers as Testground writes them.'
    )
    .argument('<dir>', 'a directory that `barter lab run` wrote')
    .addHelpText('after', '\nExample:\n  barter lab report trade')
  report.action(async (directory: string) => {
    const isJson = cli.begin(report).json === true
    const { writeReport } = await import('../../../laboratory/report/write-report.ts')
    const { html, summary, parquet, testground, figures, residuals, residualsFile } = await writeReport(directory)
    if (isJson) {
      const files = {
        Html: html,
        Csv: summary,
        Parquet: parquet,
        Testground: testground,
        Figures: figures,
        ResidualsCsv: residualsFile
      }
      await cli.print(JSON.stringify({ ...files, Residuals: residuals }))
      return
    }
    for (const line of residualLines(residuals)) await cli.print(line)
    for (const file of [html, summary, parquet, testground, residualsFile ?? [], figures].flat()) await cli.print(file)
  })
}

/** Virtual time beside libp2p; nothing unless both were run. */
function residualLines(residuals: readonly Residual[]): string[] {
  const groups = Map.groupBy(residuals, ({ strategies, kind }) => `${strategies}, ${kind}s`)
  return Array.from(groups).flatMap(([title, group]) => [
    `${title.padEnd(40)} ${['virtual', 'libp2p', 'difference'].map((text) => text.padStart(12)).join('')}`,
    ...group.map((residual) => {
      const figures = [shown(residual.virtual), shown(residual.libp2p), percentText(residual)]
      return `  ${residual.metric.padEnd(38)} ${figures.map((text) => text.padStart(12)).join('')}`
    })
  ])
}

function shown(value: number): string {
  return value.toFixed(Number.isInteger(value) ? 0 : 1)
}
