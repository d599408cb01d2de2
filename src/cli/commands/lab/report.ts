import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'

export function addReportCommand(group: Command, cli: Cli): void {
  const report = group
    .command('report')
    .summary('make a page of results')
    .description('Write report.html, one self-contained page, with summary.csv, metrics.parquet and figures beside it.')
    .argument('<dir>', 'a directory that `barter lab run` wrote')
    .addHelpText('after', '\nExample:\n  barter lab report trade')
  report.action(async (directory: string) => {
    const isJson = cli.begin(report).json === true
    const { writeReport } = await import('../../../laboratory/report/write-report.ts')
    const { html, summary, parquet, figures } = await writeReport(directory)
    if (isJson) await cli.print(JSON.stringify({ Html: html, Csv: summary, Parquet: parquet, Figures: figures }))
    else for (const file of [html, summary, parquet, ...figures]) await cli.print(file)
  })
}
