import { isFetched, type RequestOutcome } from '../requests.ts'
import type { MetricRow } from '../results.ts'
import { median } from '../statistics/quantile.ts'
import type { WorldPeer } from '../world-like.ts'
import type { Observed } from './observed.ts'
import { jain } from './fairness.ts'

/**
 * How those who play fair fare beside those who do not, as rows of the world. A request that never completed counts as if
 * it had completed when the world ended, so that its times are lower bounds; `…_failed` says of how many.
 */
export function adversaryRows(observed: Observed): MetricRow[] {
  const { world, outcomes } = observed
  const row = (metric: string, value: number, unit: string): MetricRow[] =>
    Number.isFinite(value) ? [{ peer: -1, role: 'world', metric, value, unit }] : []
  const leeches = world.peers.filter(({ plan }) => plan.role === 'leech')
  const [cooperators, adversaries] = halves(leeches, ({ plan }) => plan.adversary === undefined)
  const [fair, unfair] = halves(outcomes, ({ peer }) => world.peers[peer]?.plan.adversary === undefined)
  const [fairMs, unfairMs] = [medianTime(fair, observed), medianTime(unfair, observed)]
  const shares = leeches.map((peer) => shareRatio(peer, observed))
  return [
    ...row('adversaries', adversaries.length, 'peers'),
    ...row('cooperator_time_to_fetch', fairMs, 'ms'),
    ...row('adversary_time_to_fetch', unfairMs, 'ms'),
    ...row('free_rider_penalty', unfairMs / fairMs, '1'),
    ...row('cooperator_failed', failed(fair), 'requests'),
    ...row('adversary_failed', failed(unfair), 'requests'),
    ...row('cooperator_share_ratio', median(cooperators.map((peer) => shareRatio(peer, observed))), '1'),
    ...row('adversary_share_ratio', median(adversaries.map((peer) => shareRatio(peer, observed))), '1'),
    ...row('jain_share_ratio', jain(shares), '1'),
    ...row('jain_return', jain(cooperators.flatMap((peer) => returnOf(peer, observed))), '1'),
    ...row('longest_wait', longestWait(outcomes), 'ms'),
    ...row('cooperator_longest_wait', longestWait(fair), 'ms')
  ]
}

/** Block bytes given for each byte taken; 0 for who took nothing. */
function shareRatio({ plan }: WorldPeer, { counters }: Observed): number {
  const taken = counters.get(plan.index, 'block_data_rcvd')
  return taken === 0 ? 0 : counters.get(plan.index, 'block_data_sent') / taken
}

/** Block bytes taken for each byte given; nothing for who gave nothing. */
function returnOf({ plan }: WorldPeer, { counters }: Observed): readonly number[] {
  const given = counters.get(plan.index, 'block_data_sent')
  return given === 0 ? [] : [counters.get(plan.index, 'block_data_rcvd') / given]
}

function medianTime(outcomes: readonly RequestOutcome[], { world }: Observed): number {
  const counted = outcomes.filter((outcome) => outcome.completeMs === undefined || isFetched(outcome))
  return median(counted.map(({ atMs, completeMs }) => completeMs ?? world.clock.now() - atMs))
}

function longestWait(outcomes: readonly RequestOutcome[]): number {
  return outcomes.reduce((longest, { longestWaitMs }) => Math.max(longest, longestWaitMs), 0)
}

function failed(outcomes: readonly RequestOutcome[]): number {
  return outcomes.filter(({ completeMs }) => completeMs === undefined).length
}

function halves<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}
