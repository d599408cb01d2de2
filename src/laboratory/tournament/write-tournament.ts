import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { INVADER } from '../adversaries/invader.ts'
import { heatMapFigure } from '../figures/heat-map.ts'
import { digits, figure, heading, htmlPage, htmlTable, paragraph, preformatted } from '../report/html.ts'
import type { TournamentPlan } from './matches.ts'
import type { MatchResult } from './run-tournament.ts'

const HTML_FILE = 'tournament.html'
const CSV_FILE = 'tournament.csv'

const COLUMNS = [
  'client',
  'server',
  'against',
  'fraction',
  'runs',
  'cooperatorMs',
  'adversaryMs',
  'penalty',
  'loss',
  'gain',
  'jain',
  'longestWaitMs',
  'cooperatorFailed',
  'adversaryFailed'
] as const

const WORDS = [
  'The penalty is the median time to fetch of adversaries for that of cooperators: above 1, it does not pay to be one.',
  'The loss is the cooperators’ time for what it is without any adversary, seed by seed: above 1, they pay for it.',
  'An invader serves by another strategy than the population it lives in. Its gain is the population’s time for its own, ' +
    'for what that is of invaders that serve as the population does: above 1, the strategy of the column does better in a population of that of the row, and would spread. The diagonal is 1 by that.',
  'Requests that never completed count as if they had when the world ended: their times are lower bounds.'
]

/** Writes what came of a tournament into a directory; returns the two files. */
export async function writeTournament(
  directory: string,
  plan: TournamentPlan,
  results: readonly MatchResult[]
): Promise<{ readonly html: string; readonly csv: string }> {
  await mkdir(directory, { recursive: true })
  const files = { html: join(directory, HTML_FILE), csv: join(directory, CSV_FILE) }
  await writeFile(files.html, tournamentPage(plan, results))
  await writeFile(files.csv, tournamentCsv(results))
  return files
}

/** A line for each match, medians over its runs; empty where there is no number. */
export function tournamentCsv(results: readonly MatchResult[]): string {
  const field = (value: string | number | undefined): string => {
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
    return value?.includes(',') === true ? `"${value}"` : (value ?? 'none')
  }
  const line = (result: MatchResult): string => COLUMNS.map((column) => field(result[column])).join(',')
  return `${[COLUMNS.join(','), ...results.map(line)].join('\n')}\n`
}

function tournamentPage(plan: TournamentPlan, results: readonly MatchResult[]): string {
  const { clients, seeds, json } = plan
  return htmlPage('Tournament of exchange strategies', [
    heading(1, 'Tournament of exchange strategies'),
    paragraph(`Medians over ${seeds.length} runs each, with the seeds ${seeds.join(', ')}.`),
    ...WORDS.map((words) => paragraph(words, 'note')),
    ...clients.flatMap((client) => [heading(2, `Client ${client}`), ...figuresOf(plan, client, results)]),
    heading(2, 'All matches'),
    htmlTable(COLUMNS, results.map(cellsOf)),
    heading(2, 'Scenario'),
    preformatted(JSON.stringify(json, undefined, 2))
  ])
}

function figuresOf(plan: TournamentPlan, client: string, results: readonly MatchResult[]): string[] {
  const { servers, adversaries, fraction, invaders } = plan
  const value = (server: string, against: string, of: (result: MatchResult) => number): number => {
    const isIt = (result: MatchResult): boolean =>
      result.client === client && result.server === server && result.against === against
    const found = results.find(isIt)
    return found === undefined ? NaN : of(found)
  }
  const map = (
    title: string,
    columns: readonly string[],
    prefix: string,
    of: (result: MatchResult) => number
  ): string =>
    heatMapFigure({
      title,
      rows: servers.map(shortName),
      columns: columns.map(shortName),
      values: servers.map((server) => columns.map((column) => value(server, `${prefix}${column}`, of))),
      format: (number) => number.toFixed(2)
    })
  const part = `${Math.round(100 * fraction)} %`
  const invading = map('Gain of an invader (column) in a population (row)', servers, INVADER, ({ gain }) => gain)
  return [
    figure(
      map('Penalty of adversaries', adversaries, '', ({ penalty }) => penalty),
      `Adversaries are ${part} of the peers.`
    ),
    figure(
      map('Loss of cooperators', adversaries, '', ({ loss }) => loss),
      `Adversaries are ${part} of the peers.`
    ),
    figure(invading, `Invaders are ${Math.round(100 * invaders)} % of the peers.`)
  ]
}

function cellsOf(result: MatchResult): string[] {
  return COLUMNS.map((column) => {
    const value = result[column]
    return typeof value === 'number' ? digits(value) : (value ?? 'nobody')
  })
}

/** Without its parameters: the table has them. */
function shortName(reference: string): string {
  return reference.split(':', 1)[0] ?? reference
}
