import { WORLD_ABOUT } from '../experiment/require-world.ts'
import type { CellSummary, Manifest } from '../experiment/result-writer.ts'
import type { Figure } from './figure.ts'
import { digits, figure, heading, htmlPage, htmlTable, intervalText, paragraph, preformatted } from './html.ts'
import { residualSection } from './residual-section.ts'
import type { Residual } from './residuals.ts'
import { leastRuns } from '../statistics/bootstrap.ts'
import { distinct, groupsOf, REPORTED, type Comparison, type Estimate } from './summary.ts'

/** Below it an interval of 95 % cannot be given. */
const LEAST_RUNS = leastRuns(0.05)

/** What a report shows. */
export interface ReportContent {
  readonly manifest: Manifest
  readonly cells: readonly CellSummary[]
  readonly estimates: readonly Estimate[]
  readonly comparisons: readonly Comparison[]
  readonly residuals: readonly Residual[]
  readonly figures: readonly Figure[]
}

/** The page of a report. */
export function pageOf({ manifest, cells, estimates, comparisons, residuals, figures }: ReportContent): string {
  const [first = ''] = groupsOf(cells).keys()
  const title = cells[0]?.scenario ?? 'results'
  return htmlPage(`Barter laboratory: ${title}`, [
    heading(1, title),
    paragraph(
      `${cells.length} of ${runsOf(manifest)} runs: ${manifest.servers.length} server strategies × ${manifest.clients.length} client strategies × ` +
        `${manifest.seeds.length} seeds. A run is one value; intervals are 95 % bootstrap intervals of the median.`
    ),
    ...countNotes(cells).map((note) => paragraph(note, 'note')),
    ...(isWhole(manifest, cells) ? [] : [paragraph('The run was stopped before all of them were done.', 'bad')]),
    heading(2, 'Results'),
    ...REPORTED.map(({ metric, title: name, unit }) =>
      estimateTable(
        unit === '' || unit === '1' ? name : `${name} (${unit})`,
        estimates.filter((one) => one.metric === metric)
      )
    ),
    ...(comparisons.length === 0 ? [] : comparisonSection(first, comparisons)),
    ...residualSection(residuals, cells),
    heading(2, 'Figures'),
    ...figures.map(({ svg, caption }) => figure(svg, caption)),
    heading(2, 'Scenario'),
    preformatted(JSON.stringify(manifest.scenario, undefined, 2)),
    heading(2, 'Environment'),
    environmentTable(manifest),
    heading(2, 'Runs'),
    runTable(cells)
  ])
}

/** What is to be known of the numbers of runs before anything is read from them. */
function countNotes(cells: readonly CellSummary[]): string[] {
  const groups = [...groupsOf(cells).values()]
  const equal = groups.filter((group) => distinct(group).length < group.length)
  const few = groups.some((group) => distinct(group).length < LEAST_RUNS)
  return [
    ...(equal.length === 0
      ? []
      : [
          `Runs of ${equal.length} of ${groups.length} pairs of strategies did exactly the same with several seeds: nothing was left to chance. ` +
            'They count as one (n), however many there are (runs).'
        ]),
    ...(few
      ? [
          `There is no interval where n is below ${LEAST_RUNS}: even from the least value to the largest it would miss the median more often than once in twenty.`
        ]
      : [])
  ]
}

function runsOf({ servers, clients, seeds, worlds }: Manifest): number {
  return servers.length * clients.length * seeds.length * worlds.length
}

function isWhole(manifest: Manifest, cells: readonly CellSummary[]): boolean {
  return cells.length === runsOf(manifest)
}

function comparisonSection(first: string, comparisons: readonly Comparison[]): string[] {
  const about = 'Seed by seed. p is of the signed-rank test, raised for the number of comparisons of a metric (Holm).'
  return [heading(2, `Compared with ${first}`), paragraph(about), comparisonTable(comparisons)]
}

function environmentTable(manifest: Manifest): string {
  const rows = [
    ['Barter', manifest.barter],
    ['Node.js', manifest.node],
    ['platform', manifest.platform],
    ['scenario', manifest.scenarioHash],
    ['seeds', manifest.seeds.join(', ')],
    ...manifest.modules.map(({ reference, sha256 }) => [`module: ${reference}`, sha256]),
    ...manifest.worlds.map((kind) => [`world: ${kind}`, WORLD_ABOUT[kind]])
  ]
  return htmlTable(['', ''], rows)
}

function runTable(cells: readonly CellSummary[]): string {
  const rows = cells.map((cell) => [
    `${cell.server} / ${cell.client}`,
    String(cell.seed),
    String(cell.messages),
    digits(cell.virtualMs),
    cell.eventHash.slice(0, 16),
    cell.worldKind
  ])
  return htmlTable(['strategies', 'seed', 'messages', 'ms in the world', 'event log', 'world'], rows)
}

function estimateTable(title: string, estimates: readonly Estimate[]): string {
  if (estimates.length === 0) return ''
  const rows = estimates.map(({ strategies, n, runs, median: middle, interval }) => {
    return [strategies, n === runs ? String(n) : `${n} (of ${runs} runs)`, digits(middle), intervalText(interval)]
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
