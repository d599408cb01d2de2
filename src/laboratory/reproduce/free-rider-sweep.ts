import { median } from '../statistics/quantile.ts'
import { arena, ARENA_STRATEGIES } from '../tournament/arena.ts'
import { worldValue, type Bench, type CellRequest } from './reproduction.ts'

/** Worlds of one size: how coarse its blocks are, and how many runs it can afford. */
export interface SweepSize {
  readonly peers: number
  readonly chunk: number
  readonly seeds: number
  /** Parts of the peers that are free-riders. */
  readonly fractions: readonly number[]
}

/** One strategy among so many free-riders: medians over the runs. */
export interface SweepRow {
  readonly peers: number
  readonly server: string
  /** Part of the peers that never upload. */
  readonly fraction: number
  readonly runs: number
  /** Times to fetch a file, in seconds. */
  readonly cooperatorS: number
  readonly adversaryS: number
  /** Time of free-riders for that of cooperators; NaN without any. */
  readonly penalty: number
  /** Cooperators' time for what it is without free-riders, run by run; NaN where that was not run. */
  readonly loss: number
  /** Jain's index over what cooperators received for what they gave. */
  readonly jain: number
  readonly longestWaitS: number
  /** Requests that were never completed. */
  readonly cooperatorFailed: number
  readonly adversaryFailed: number
  /** When the last file was complete, in seconds: late for the same bytes, uplinks were idle. */
  readonly lastS: number
}

/** Every strategy of the arena among no free-riders, few and many, in worlds of several sizes. */
export async function sweepFreeRiders(bench: Bench, sizes: readonly SweepSize[]): Promise<readonly SweepRow[]> {
  const groups = sizes.flatMap((size) =>
    ARENA_STRATEGIES.flatMap((server) => size.fractions.map((fraction) => ({ size, server, fraction })))
  )
  const requests = groups.flatMap(({ size, server, fraction }) =>
    bench.seeds.slice(0, size.seeds).map((seed): CellRequest => {
      const adversary = fraction === 0 ? undefined : { kind: 'free-rider', fraction }
      return { json: { ...arena(size), adversary }, server, client: 'boxo', seed, detail: 'world' }
    })
  )
  const results = await bench.run(requests)
  let at = 0
  let alone: readonly number[] = []
  return groups.map(({ size, server, fraction }): SweepRow => {
    const runs = results.slice(at, (at += Math.min(size.seeds, bench.seeds.length)))
    const values = (metric: string): number[] => runs.map((run) => worldValue(run, metric))
    const times = values('cooperator_time_to_fetch')
    if (fraction === size.fractions[0]) alone = fraction === 0 ? times : []
    const adversaries = fraction === 0 ? [] : values('adversary_time_to_fetch')
    return {
      peers: size.peers,
      server,
      fraction,
      runs: runs.length,
      cooperatorS: median(times) / 1_000,
      adversaryS: median(adversaries) / 1_000,
      penalty: median(fraction === 0 ? [] : values('free_rider_penalty')),
      loss: median(times.map((time, run) => time / (alone[run] ?? NaN))),
      jain: median(values('jain_return')),
      longestWaitS: median(values('cooperator_longest_wait')) / 1_000,
      cooperatorFailed: median(values('cooperator_failed')),
      adversaryFailed: median(fraction === 0 ? [] : values('adversary_failed')),
      lastS: median(values('last_complete')) / 1_000
    }
  })
}
