import { isFetched, type RequestOutcome } from '../requests.ts'
import type { MetricRow } from '../results.ts'
import { mean, quantile, sum } from '../statistics/quantile.ts'
import type { WorldLike, WorldPeer } from '../world-like.ts'
import { roleOf } from '../topology.ts'
import { adversaryRows } from './adversary-rows.ts'
import { gini, jain } from './fairness.ts'
import { doneMs, doneTimes } from './done-times.ts'
import type { Observed } from './observed.ts'
import { swarmRows } from './swarm-rows.ts'
import { watchPeerRows, watchWorldRows } from './watch-rows.ts'
import { TRAFFIC_METRICS, type TrafficCounters } from './traffic-counters.ts'

/** All that is measured of a run, as rows: of every peer, then of the world. */
export function collectRows(observed: Observed): MetricRow[] {
  const { detail, world, outcomes, startMs } = observed
  const done = doneTimes(outcomes, startMs)
  const perPeer =
    detail === 'peers'
      ? [
          ...world.peers.flatMap((peer) => peerRows(peer, observed, done.get(peer.plan.index))),
          ...watchPeerRows(observed)
        ]
      : []
  return [
    ...perPeer,
    ...worldRows(observed),
    ...adversaryRows(observed),
    ...swarmRows(observed),
    ...watchWorldRows(observed)
  ]
}

function peerRows(peer: WorldPeer, { counters, outcomes }: Observed, done = Infinity): MetricRow[] {
  const { index } = peer.plan
  const role = roleOf(peer.plan)
  const row = (metric: string, value: number, unit: string): MetricRow => ({ peer: index, role, metric, value, unit })
  const stat = peer.bitswap.stat()
  const own = outcomes.filter((outcome) => outcome.peer === index)
  const fetched = own.filter(isFetched)
  return [
    ...fetched.flatMap(({ completeMs }) => (completeMs === undefined ? [] : [row('time_to_fetch', completeMs, 'ms')])),
    ...fetched.flatMap(({ firstBlockMs }) =>
      firstBlockMs === undefined ? [] : [row('time_to_first_block', firstBlockMs, 'ms')]
    ),
    ...(Number.isFinite(done) ? [row('done', done, 'ms')] : []),
    ...(own.length > 0 ? [row('leech_fails', own.filter(isFailed).length, 'requests')] : []),
    row('dup_blks_rcvd', stat.dupBlocksReceived + stat.unwantedBlocksReceived, 'blocks'),
    ...shareRatio(counters, index).map((value) => row('share_ratio', value, '1')),
    row('dup_data_rcvd', stat.dupDataReceived + stat.unwantedDataReceived, 'bytes'),
    ...TRAFFIC_METRICS.map((metric) => row(metric, counters.get(index, metric), unitOf(metric)))
  ]
}

/**
 * Times are of requests that fetched anything. `blocks` and `block_data` are all that requests were given; of these,
 * `local_blocks` were here before, and `fetched_blocks` and `fetched_data` came from others. `last_complete` is missing
 * where any request failed: there is no time at which all was complete.
 */
function worldRows({ world, outcomes, counters, startMs }: Observed): MetricRow[] {
  const row = (metric: string, value: number, unit: string): MetricRow => {
    return { peer: -1, role: 'world', metric, value, unit }
  }
  const fetched = outcomes.filter(isFetched)
  const times = fetched.flatMap(({ completeMs }) => (completeMs === undefined ? [] : [completeMs]))
  const firsts = fetched.flatMap(({ firstBlockMs }) => (firstBlockMs === undefined ? [] : [firstBlockMs]))
  const useful = sum(outcomes.map(({ blocks, localBlocks }) => blocks - localBlocks))
  const usefulBytes = sum(outcomes.map(({ bytes, localBytes }) => bytes - localBytes))
  const stats = world.peers.map(({ bitswap }) => bitswap.stat())
  const duplicates = sum(stats.map((stat) => stat.dupBlocksReceived + stat.unwantedBlocksReceived))
  const sent = world.peers.map(({ plan }) => counters.get(plan.index, 'block_data_sent'))
  const received = leeches(world).map(({ plan }) => counters.get(plan.index, 'block_data_rcvd'))
  return [
    row('requests', outcomes.length, 'requests'),
    row('failed', outcomes.filter(isFailed).length, 'requests'),
    ...quantiles('time_to_fetch', times).map(([metric, value]) => row(metric, value, 'ms')),
    ...quantiles('time_to_first_block', firsts).map(([metric, value]) => row(metric, value, 'ms')),
    ...lastComplete(outcomes, startMs).map((value) => row('last_complete', value, 'ms')),
    row('blocks', sum(outcomes.map(({ blocks }) => blocks)), 'blocks'),
    row('local_blocks', sum(outcomes.map(({ localBlocks }) => localBlocks)), 'blocks'),
    row('fetched_blocks', useful, 'blocks'),
    row('block_data', sum(outcomes.map(({ bytes }) => bytes)), 'bytes'),
    row('fetched_data', usefulBytes, 'bytes'),
    row('duplicates', duplicates, 'blocks'),
    row('duplicate_ratio', useful + duplicates === 0 ? 0 : duplicates / (useful + duplicates), '1'),
    row('duplicate_data', sum(stats.map((stat) => stat.dupDataReceived + stat.unwantedDataReceived)), 'bytes'),
    row('control_bytes', counters.total('wire_sent') - counters.total('block_data_sent'), 'bytes'),
    ...TRAFFIC_METRICS.filter((metric) => metric.endsWith('_sent')).map((metric) =>
      row(metric, counters.total(metric), unitOf(metric))
    ),
    row('searches', world.providers.searches, 'searches'),
    row('jain_received', jain(received), '1'),
    row('gini_sent', gini(sent), '1'),
    row('complaints', sum([...world.complaints.values()]), 'messages'),
    ...(world.measured?.() ?? []).map(({ metric, value, unit }) => row(metric, value, unit))
  ]
}

/** Block bytes given for each byte taken, of a peer that took any. */
function shareRatio(counters: TrafficCounters, peer: number): readonly number[] {
  const taken = counters.get(peer, 'block_data_rcvd')
  return taken === 0 ? [] : [counters.get(peer, 'block_data_sent') / taken]
}

function quantiles(metric: string, values: readonly number[]): (readonly [string, number])[] {
  if (values.length === 0) return []
  return [
    [`${metric}_mean`, mean(values)],
    [`${metric}_p10`, quantile(values, 0.1)],
    [`${metric}_median`, quantile(values, 0.5)],
    [`${metric}_p90`, quantile(values, 0.9)],
    [`${metric}_p99`, quantile(values, 0.99)],
    [`${metric}_max`, quantile(values, 1)]
  ]
}

function lastComplete(outcomes: readonly RequestOutcome[], startMs: number): readonly number[] {
  const last = doneMs([...doneTimes(outcomes, startMs).values()], 100)
  return Number.isFinite(last) ? [last] : []
}

function leeches(world: WorldLike): readonly WorldPeer[] {
  return world.peers.filter(({ plan }) => plan.role === 'leech')
}

function isFailed({ completeMs }: RequestOutcome): boolean {
  return completeMs === undefined
}

function unitOf(metric: string): string {
  if (metric.startsWith('msgs')) return 'messages'
  if (metric.startsWith('wire') || metric.includes('data')) return 'bytes'
  return metric.startsWith('blks') ? 'blocks' : 'entries'
}
