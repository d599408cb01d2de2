import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { formatDuration } from '../../../api/formats/duration.ts'
import { counted } from '../../../counted.ts'
import { ADVERSARIES } from '../../../laboratory/adversaries/catalogue.ts'
import { readExperiment } from '../../../laboratory/experiment/read-experiment.ts'
import { requireEmpty } from '../../../laboratory/experiment/result-directory.ts'
import { arena, ARENA_STRATEGIES } from '../../../laboratory/tournament/arena.ts'
import { checkPlan, matchesOf, type TournamentPlan } from '../../../laboratory/tournament/matches.ts'
import { runTournament, type MatchResult } from '../../../laboratory/tournament/run-tournament.ts'
import { writeTournament } from '../../../laboratory/tournament/write-tournament.ts'
import type { Cli } from '../../cli.ts'
import { countOf, ProgressBar } from '../../progress-bar.ts'
import { wholeNumber } from '../../whole-number.ts'
import { names, seeds } from './lists.ts'

interface Options {
  readonly scenario?: string
  readonly strategies: readonly string[]
  readonly adversaries: readonly string[]
  readonly clients: readonly string[]
  readonly seeds: readonly number[]
  readonly fraction: number
  readonly invaders: number
  readonly workers: number
  readonly out: string
}

/** Small enough that every pair is a matter of a second. */
const ARENA = arena({ peers: 24, chunk: 65_536 })
const EVERYBODY = ADVERSARIES.map(({ name }) => name)

/** Its default is shown as it would be given. */
function listOption(
  flags: string,
  about: string,
  read: (text: string) => unknown,
  missing: readonly unknown[]
): Option {
  return new Option(flags, about).argParser(read).default(missing, missing.join(','))
}

export function addTournamentCommand(group: Command, cli: Cli): void {
  const tournament = group
    .command('tournament')
    .summary('every strategy against every adversary, and every other strategy')
    .description(
      'Set every server strategy among every kind of adversary, and among a few who serve by every other strategy: a table, and heat maps.'
    )
    .option('--scenario <scenario>', 'a JSON file or a name of `barter lab list`, instead of the arena of 24 peers')
    .addOption(listOption('--strategies <names>', 'server strategies', names, ARENA_STRATEGIES))
    .addOption(listOption('--adversaries <names>', 'adversaries', names, EVERYBODY))
    .addOption(listOption('--clients <names>', 'client strategies', names, ['boxo']))
    .addOption(listOption('--seeds <seeds>', 'such as 1..30, or 1,2,7', seeds, [1, 2]))
    .option('--fraction <part>', 'part of the peers that are adversaries', part, 0.3)
    .option('--invaders <part>', 'part of the peers that serve by the other strategy; 0 for no invasions', part, 0.1)
    .option('--workers <count>', 'runs at a time', wholeNumber(1), availableParallelism())
    .option('--out <dir>', 'directory of tournament.html and tournament.csv, new or empty', 'lab-tournament')
    .addHelpText(
      'after',
      '\nExample:\n  barter lab tournament --strategies fair-share,tit-for-tat,fair-torrent --adversaries free-rider,sybil'
    )
  tournament.action(async (options: Options) => {
    const isJson = cli.begin(tournament).json === true
    const plan = await planOf(options)
    await checkPlan(plan)
    await requireEmpty(options.out)
    const began = performance.now()
    const runs = matchesOf(plan).length * plan.seeds.length
    if (!isJson) await cli.print(counted(runs, 'run'))
    const bar = new ProgressBar(0, countOf('runs'))
    const onProgress = (done: number, all: number): void => bar.report(done, all)
    const results = await runTournament(plan, { workers: options.workers, signal: cli.signal, onProgress }).finally(
      () => bar.end()
    )
    const { html, csv } = await writeTournament(options.out, plan, results)
    if (isJson) await cli.print(JSON.stringify({ Html: html, Csv: csv, Matches: results }))
    else for (const line of linesOf(results)) await cli.print(line)
    if (!isJson) await cli.print(`Took ${formatDuration(performance.now() - began)}; see ${html} and ${csv}.`)
  })
}

async function planOf({ scenario, strategies, ...options }: Options): Promise<TournamentPlan> {
  const json = scenario === undefined ? ARENA : (await readExperiment(scenario, {})).json
  return { ...options, servers: strategies, json: { ...Object(json) } as TournamentPlan['json'] }
}

function part(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text)
  if (value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

function linesOf(results: readonly MatchResult[]): string[] {
  const width = Math.max(...results.map(({ server }) => server.length))
  const against = Math.max(...results.map((result) => (result.against ?? 'nobody').length))
  const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : '–').padStart(12)
  const factor = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–').padStart(9)
  return [
    `${'server'.padEnd(width)}  ${'among'.padEnd(against)}${['population', 'the others'].map((text) => text.padStart(12)).join('')}  penalty     loss`,
    ...results.map((result) => {
      const times = `${seconds(result.cooperatorMs)}${seconds(result.adversaryMs)}`
      const who = `${result.server.padEnd(width)}  ${(result.against ?? 'nobody').padEnd(against)}`
      return `${who}${times}${factor(result.penalty)}${factor(result.loss)}`
    })
  ]
}
