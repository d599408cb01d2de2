import { bootstrapInterval, type Interval } from '../statistics/bootstrap.ts'
import { cliffsDelta, hodgesLehmann, holm, signedRankTest } from '../statistics/paired.ts'
import { median } from '../statistics/quantile.ts'
import type { CellSummary } from '../experiment/result-writer.ts'

/** One metric of one pair of strategies. A run is one value: peers within a run hang together. */
export interface Estimate {
  readonly strategies: string
  readonly metric: string
  /** Runs that differ: one that does exactly what another did is no sample of its own. */
  readonly n: number
  /** Runs, whether they differ or not. */
  readonly runs: number
  readonly median: number
  /** Of the median, 95 %; NaN of fewer than six runs. */
  readonly interval: Interval
}

/** One pair of strategies against the first one, seed by seed. */
export interface Comparison {
  readonly strategies: string
  readonly metric: string
  /** Seeds that both were run with. */
  readonly n: number
  /** By how much it is typically higher, in the unit of the metric (Hodges and Lehmann). */
  readonly shift: number
  readonly interval: Interval
  /** Cliff's δ: −1 always lower, 1 always higher. */
  readonly delta: number
  /** Of Wilcoxon's signed-rank test, raised for the number of comparisons (Holm). */
  readonly p: number
}

/** Metrics that a report speaks of, in their order, with the unit they are shown in. */
export const REPORTED: readonly { readonly metric: string; readonly title: string; readonly unit: string }[] = [
  { metric: 'time_to_fetch_median', title: 'time to fetch, median of a run', unit: 'ms' },
  { metric: 'time_to_fetch_p99', title: 'time to fetch, 99th percentile of a run', unit: 'ms' },
  { metric: 'time_to_first_block_median', title: 'time to first block, median of a run', unit: 'ms' },
  { metric: 'last_complete', title: 'until the last file was complete', unit: 'ms' },
  { metric: 'failed', title: 'requests that failed', unit: '' },
  { metric: 'duplicates', title: 'blocks that came once more', unit: '' },
  { metric: 'duplicate_ratio', title: 'duplicates of all blocks', unit: '1' },
  { metric: 'msgs_sent', title: 'messages', unit: '' },
  { metric: 'control_bytes', title: 'bytes that are no blocks', unit: 'bytes' },
  { metric: 'jain_received', title: "Jain's index of bytes received", unit: '1' },
  { metric: 'gini_sent', title: "Gini's coefficient of bytes sent", unit: '1' },
  { metric: 'done_p90', title: 'until nine peers of ten had all', unit: 'ms' },
  { metric: 'stretch_fluid', title: 'last file complete, of the least time of a fluid', unit: '1' },
  { metric: 'stretch_dag', title: 'time to fetch, of the least round trips', unit: '1' },
  { metric: 'rtts_per_block', title: 'round trips of a block', unit: '1' },
  { metric: 'uplink_utilisation', title: 'part of the time that uplinks sent', unit: '1' },
  { metric: 'idle_uplink', title: 'uplinks idle while somebody waited', unit: '1' },
  { metric: 'exposure', title: 'peers that learn of a want', unit: '1' },
  { metric: 'debt_converged', title: 'until debts were near their end', unit: 'ms' }
]

/** Of two kinds of worlds, the real one is named. */
export function nameOf({ server, client, worldKind }: Pick<CellSummary, 'server' | 'client' | 'worldKind'>): string {
  return `${server} / ${client}${worldKind === 'libp2p' ? ' (libp2p)' : ''}`
}

/**
 * What is estimated of a metric for each pair of strategies; of none if none has it. That no run was ever complete is
 * worth a line, though.
 */
export function estimate(cells: readonly CellSummary[], metric: string): Estimate[] {
  const all = Array.from(groupsOf(cells), ([strategies, group]): Estimate => {
    const values = valuesOf(distinct(group), metric)
    const [n, runs] = [values.length, valuesOf(group, metric).length]
    return { strategies, metric, n, runs, median: median(values), interval: bootstrapInterval(values, median) }
  })
  return metric === 'last_complete' || all.some(({ n }) => n > 0) ? all : []
}

/** Every pair of strategies against the first of the same kind of world, over the seeds that they share. */
export function compare(cells: readonly CellSummary[], metric: string): Comparison[] {
  const [first, ...others] = groupsOf(cells.filter(({ worldKind }) => worldKind === cells[0]?.worldKind))
  if (first === undefined) return []
  const reference = bySeed(first[1], metric)
  const raw = others.map(([strategies, group]) =>
    comparePaired(strategies, metric, reference, bySeed(distinct(group, first[1]), metric))
  )
  return withHolm(raw)
}

/**
 * Without the runs that did exactly what another of them did, as all do whose scenario leaves nothing to chance; where
 * seeds are compared with those of `reference`, what both sides did counts. Real time never does the same twice.
 */
export function distinct(cells: readonly CellSummary[], reference: readonly CellSummary[] = []): CellSummary[] {
  const partners = new Map(reference.map(({ seed, eventHash }) => [seed, eventHash]))
  const seen = new Set<string>()
  return cells.filter(({ worldKind, seed, eventHash }) => {
    if (worldKind === 'libp2p') return true
    const done = `${eventHash} ${partners.get(seed) ?? ''}`
    return !seen.has(done) && seen.add(done)
  })
}

export function comparePaired(
  strategies: string,
  metric: string,
  reference: ReadonlyMap<number, number>,
  other: ReadonlyMap<number, number>
): Comparison {
  const pairs = Array.from(other).flatMap(([seed, value]) => {
    const before = reference.get(seed)
    return before === undefined ? [] : [{ before, value }]
  })
  const differences = pairs.map(({ before, value }) => value - before)
  return {
    strategies,
    metric,
    n: pairs.length,
    shift: hodgesLehmann(differences),
    interval: bootstrapInterval(differences, median),
    delta: cliffsDelta(
      pairs.map(({ value }) => value),
      pairs.map(({ before }) => before)
    ),
    p: signedRankTest(differences)
  }
}

export function withHolm(comparisons: readonly Comparison[]): Comparison[] {
  const raised = holm(comparisons.map(({ p }) => p))
  return comparisons.map((comparison, at) => ({ ...comparison, p: raised[at] ?? comparison.p }))
}

export function bySeed(cells: readonly CellSummary[], metric: string): Map<number, number> {
  return new Map(
    cells.flatMap(({ seed, world }) => {
      const value = world[metric]
      return value === undefined ? [] : [[seed, value] as const]
    })
  )
}

export function groupsOf(cells: readonly CellSummary[]): Map<string, CellSummary[]> {
  return Map.groupBy(cells, nameOf)
}

function valuesOf(cells: readonly CellSummary[], metric: string): number[] {
  return [...bySeed(cells, metric).values()]
}
