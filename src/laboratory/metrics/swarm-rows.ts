import type { MetricRow } from '../results.ts'
import { median, quantile } from '../statistics/quantile.ts'
import type { Observed } from './observed.ts'
import { DONE_PERCENTS, doneMs, doneTimes } from './done-times.ts'

/**
 * How the swarm as a whole did.
 *
 * - `done_p50` …: until so many percent of the peers that ask for anything had all of it; missing if they never had;
 * - `bound_fluid`, `stretch_fluid`: the least time until all have everything, and how often that the last one took;
 * - `bound_dag`, `stretch_dag`: the least round trips of a request, and how often that it took; medians over complete requests;
 * - `share_ratio_…`: of leeches, block bytes given for each byte taken;
 * - `debt_imbalance`, `debt_converged`: what is owed in the end, and when it came near to that; see `DebtBalance`.
 */
export function swarmRows(observed: Observed): MetricRow[] {
  const { outcomes, startMs, bounds, balance } = observed
  const row = (metric: string, value: number | undefined, unit: string): MetricRow[] =>
    value !== undefined && Number.isFinite(value) ? [{ peer: -1, role: 'world', metric, value, unit }] : []
  const done = [...doneTimes(outcomes, startMs).values()]
  const lastMs = doneMs(done, 100)
  const dag = dagOf(observed)
  const ratios = shareRatios(observed)
  const converged = balance.convergedAtMs()
  return [
    ...DONE_PERCENTS.flatMap((percent) => row(`done_p${percent}`, doneMs(done, percent), 'ms')),
    ...row('bound_fluid', bounds.fluidMs, 'ms'),
    ...row('stretch_fluid', lastMs / bounds.fluidMs, '1'),
    ...row('bound_dag', median(dag.map(({ boundMs }) => boundMs)), 'ms'),
    ...row('stretch_dag', median(dag.map(({ boundMs, tookMs }) => tookMs / boundMs)), '1'),
    ...row('share_ratio_p10', quantile(ratios, 0.1), '1'),
    ...row('share_ratio_median', quantile(ratios, 0.5), '1'),
    ...row('share_ratio_p90', quantile(ratios, 0.9), '1'),
    ...row('debt_imbalance', balance.imbalance, '1'),
    ...row('debt_converged', converged === undefined ? undefined : Math.max(0, converged - startMs), 'ms')
  ]
}

function dagOf({ requests, outcomes, bounds, startMs }: Observed): { boundMs: number; tookMs: number }[] {
  const least = new Map<string, number>()
  for (const [index, { peer, file }] of requests.entries()) {
    const key = `${peer} ${file}`
    if (!least.has(key)) least.set(key, bounds.dagMs[index] ?? 0)
  }
  return outcomes.flatMap(({ peer, file, completeMs, localBlocks, atMs }) => {
    const boundMs = least.get(`${peer} ${file}`) ?? 0
    // What was here already has no bound, nor has what was here in part.
    if (completeMs === undefined || boundMs === 0 || localBlocks > 0 || atMs < startMs) return []
    return [{ boundMs, tookMs: completeMs }]
  })
}

function shareRatios({ world, counters }: Observed): number[] {
  return world.peers.flatMap(({ plan }) => {
    const taken = counters.get(plan.index, 'block_data_rcvd')
    return plan.role === 'leech' && taken > 0 ? [counters.get(plan.index, 'block_data_sent') / taken] : []
  })
}
