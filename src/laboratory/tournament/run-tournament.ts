import { INVADER } from '../adversaries/invader.ts'
import { runTasks, sumOfParts } from '../experiment/worker-pool.ts'
import type { CellResult } from '../results.ts'
import { median } from '../statistics/quantile.ts'
import { matchesOf, tasksOf, type Match, type TournamentPlan } from './matches.ts'

/** What came of a match: medians over the seeds; NaN where there was nobody different. Times in milliseconds. */
export interface MatchResult extends Match {
  readonly runs: number
  readonly cooperatorMs: number
  readonly adversaryMs: number
  /** Time of those who are different for the time of the population: above 1, they would do better to play along. */
  readonly penalty: number
  /** The population's time for its time without them, seed by seed: above 1, they cost it something. */
  readonly loss: number
  /**
   * Of an invader: the population's time for its own, over the same of invaders of the population's own strategy, seed by
   * seed. The same peers are drawn as invaders, so where they happen to sit counts for nothing. Above 1, it would spread.
   */
  readonly gain: number
  /** Jain's index over what cooperators received for what they gave. */
  readonly jain: number
  readonly longestWaitMs: number
  readonly cooperatorFailed: number
  readonly adversaryFailed: number
}

export interface TournamentOptions {
  readonly workers: number
  readonly signal?: AbortSignal | undefined
  /** Runs done, parts of runs included, of how many. */
  readonly onProgress?: (done: number, runs: number) => void
}

export async function runTournament(
  plan: TournamentPlan,
  { workers, signal, onProgress }: TournamentOptions
): Promise<readonly MatchResult[]> {
  const matches = matchesOf(plan)
  const tasks = matches.flatMap((match) => tasksOf(match, plan))
  const results: CellResult[] = []
  const tell = sumOfParts(tasks.length, onProgress)
  await runTasks(tasks, {
    workers,
    signal,
    onProgress: tell,
    onResult: (index, result) => {
      results[index] = result
      tell(index, 1)
    }
  })
  return summarize(matches, results, plan.seeds.length)
}

/** `results` in the order of the matches, `runs` of each. */
function summarize(matches: readonly Match[], results: readonly CellResult[], runs: number): MatchResult[] {
  const cellsOf = (index: number): readonly CellResult[] => results.slice(index * runs, (index + 1) * runs)
  return matches.map((match, index) => {
    const cells = cellsOf(index)
    const isAlone = ({ client, server, against }: Match): boolean =>
      client === match.client && server === match.server && against === undefined
    const alone = valuesOf(cellsOf(matches.findIndex(isAlone)), 'cooperator_time_to_fetch')
    const times = valuesOf(cells, 'cooperator_time_to_fetch')
    const isInvaded = match.against?.startsWith(INVADER) === true
    const isNull = ({ client, server, against }: Match): boolean =>
      client === match.client && server === match.server && against === `${INVADER}${server}`
    const ownPenalties = isInvaded ? valuesOf(cellsOf(matches.findIndex(isNull)), 'free_rider_penalty') : []
    const middle = (metric: string): number => median(valuesOf(cells, metric))
    return {
      ...match,
      runs,
      cooperatorMs: median(times),
      adversaryMs: middle('adversary_time_to_fetch'),
      penalty: middle('free_rider_penalty'),
      loss: median(times.map((time, run) => time / (alone[run] ?? NaN))),
      gain: isInvaded
        ? median(valuesOf(cells, 'free_rider_penalty').map((penalty, run) => (ownPenalties[run] ?? NaN) / penalty))
        : NaN,
      jain: middle('jain_return'),
      longestWaitMs: middle('cooperator_longest_wait'),
      cooperatorFailed: middle('cooperator_failed'),
      adversaryFailed: match.against === undefined ? NaN : middle('adversary_failed')
    }
  })
}

function valuesOf(cells: readonly CellResult[], metric: string): number[] {
  return cells.map(({ rows }) => rows.find((row) => row.peer === -1 && row.metric === metric)?.value ?? NaN)
}
