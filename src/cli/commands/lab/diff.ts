import type { Command } from 'commander'
import { counted } from '../../../counted.ts'
import { diffResults, type Diff } from '../../../laboratory/report/diff.ts'
import { REPORTED } from '../../../laboratory/report/summary.ts'
import type { Cli } from '../../cli.ts'
import { changeText } from './change-text.ts'

export function addDiffCommand(group: Command, cli: Cli): void {
  const diff = group
    .command('diff')
    .summary('compare two directories of results')
    .description('Compare two directories of results: the same strategies, seed by seed.')
    .argument('<before>', 'a directory that `barter lab run` wrote')
    .argument('<after>', 'another one')
    .addHelpText('after', '\nExample:\n  barter lab diff trade-before trade-after')
  diff.action(async (before: string, after: string) => {
    const isJson = cli.begin(diff).json === true
    const result = await diffResults(before, after)
    if (isJson) await cli.print(JSON.stringify(result))
    else for (const line of linesOf(result)) await cli.print(line)
  })
}

function linesOf({ isSameScenario, changedModules, sharedRuns, equalRuns, comparisons }: Diff): string[] {
  const lines = [`${counted(sharedRuns, 'run is', 'runs are')} in both, ${equalRuns} of them with the very same events`]
  lines.unshift(...changedModules.map((change) => `Careful: ${changeText(change)}`))
  if (!isSameScenario) lines.unshift('Careful: the two are of different scenarios.')
  if (comparisons.length === 0) return [...lines, 'No pair of strategies is in both: there is nothing to compare.']
  lines.push('A shift is <after> minus <before>: below 0 is less in <after>. Units are in brackets.')
  const named = comparisons.map((one) => ({ ...one, name: `${one.strategies}: ${one.metric}${unitOf(one.metric)}` }))
  const width = Math.max(...named.map(({ name }) => name.length))
  lines.push(`${''.padEnd(width)}  ${['n', 'shift', 'delta', 'p'].map((title) => title.padStart(12)).join('')}`)
  for (const { name, n, shift, delta, p } of named) {
    const numbers = [String(n), plain(shift), delta.toFixed(2), p < 0.0001 ? '< 0.0001' : p.toFixed(4)]
    lines.push(`${name.padEnd(width)}  ${numbers.map((text) => text.padStart(12)).join('')}`)
  }
  return lines
}

function unitOf(metric: string): string {
  const unit = REPORTED.find((one) => one.metric === metric)?.unit ?? ''
  return unit === '' || unit === '1' ? '' : ` (${unit})`
}

/** Four digits that count, and no power of ten. */
function plain(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1_000) return String(Math.round(value))
  return String(Number(value.toPrecision(4)))
}
