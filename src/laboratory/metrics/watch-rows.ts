import { isFetched } from '../requests.ts'
import type { MetricRow } from '../results.ts'
import { mean, median, sum } from '../statistics/quantile.ts'
import { roleOf } from '../topology.ts'
import type { Observed } from './observed.ts'
import { LOST_TIME_METRICS, lostTime, type LostTime } from './lost-time.ts'
import type { PeerWatch } from './peer-watch.ts'
import type { WorldWatch } from './world-watch.ts'

/** What a watch saw of each peer; nothing without one. */
export function watchPeerRows({ world, endMs }: Observed): MetricRow[] {
  const { watch } = world
  if (watch === undefined) return []
  return world.peers.flatMap(({ plan }) => {
    const seen = watch.peers[plan.index]
    if (seen === undefined) return []
    const row = (metric: string, value: number, unit: string): MetricRow[] =>
      Number.isFinite(value) ? [{ peer: plan.index, role: roleOf(plan), metric, value, unit }] : []
    const { busyMs, idleMs } = seen.uplink.reading(endMs)
    return [
      ...row('uplink_busy', busyMs, 'ms'),
      ...row('uplink_idle_waited', idleMs, 'ms'),
      ...(seen.wants === 0 ? [] : row('exposure', exposureOf([seen], watch.peers.length), '1')),
      ...row('rtts_per_block', median(seen.roundTrips), '1')
    ]
  })
}

/**
 * What a watch saw of the world; nothing without one.
 *
 * - `exposure`: of all other peers, those that learn of a want, on average over wants;
 * - `rtts_per_block`: from the first question to the arrival of a block, in round trips to the peer that sent it;
 * - `uplink_utilisation`: the part of the time, from the start to the last complete file, that uplinks sent;
 * - `idle_uplink`: of the time that somebody waited for blocks of a peer that had them, the part that its uplink sent nothing;
 * - `time_needed` and `lost_…`: see `LostTime`; means over complete requests that fetched anything.
 */
export function watchWorldRows(observed: Observed): MetricRow[] {
  const { watch } = observed.world
  if (watch === undefined) return []
  const { peers } = watch
  const row = (metric: string, value: number, unit: string): MetricRow[] =>
    Number.isFinite(value) ? [{ peer: -1, role: 'world', metric, value, unit }] : []
  const uses = peers.map(({ uplink }) => uplink.reading(observed.endMs))
  const waited = sum(uses.map(({ waitedMs }) => waitedMs))
  const lastMs = sum(uses.map(({ busyMs }) => busyMs)) / (peers.length * (observed.endMs - observed.startMs))
  const losses = lossesOf(watch, observed)
  return [
    ...row('exposure', exposureOf(peers, peers.length), '1'),
    ...row('rtts_per_block', median(peers.flatMap(({ roundTrips }) => roundTrips)), '1'),
    ...row('uplink_utilisation', lastMs, '1'),
    ...row('idle_uplink', waited === 0 ? 0 : sum(uses.map(({ idleMs }) => idleMs)) / waited, '1'),
    ...LOST_TIME_METRICS.flatMap(([part, metric]) =>
      losses.length === 0 ? [] : row(metric, mean(losses.map((loss) => loss[part])), 'ms')
    )
  ]
}

function lossesOf(watch: WorldWatch, { outcomes, bounds, requests }: Observed): LostTime[] {
  const transfers = new Map<string, number>()
  for (const [index, { peer, file }] of requests.entries()) {
    const key = `${peer} ${file}`
    // The first one fetches: whoever asks once more has nothing to wait for, and a bound of 0.
    if (!transfers.has(key)) transfers.set(key, bounds.transferMs[index] ?? 0)
  }
  const complete = new Set(
    outcomes
      .filter((outcome) => outcome.completeMs !== undefined && isFetched(outcome))
      .map(({ peer, file, atMs }) => `${peer} ${file} ${atMs}`)
  )
  return watch.requests.flatMap((times) => {
    const { peer, file, atMs } = times
    return complete.has(`${peer} ${file} ${atMs}`) ? [lostTime(times, transfers.get(`${peer} ${file}`) ?? 0)] : []
  })
}

function exposureOf(seen: readonly PeerWatch[], peers: number): number {
  const wants = sum(seen.map((peer) => peer.wants))
  return sum(seen.map(({ told }) => told.size)) / (wants * (peers - 1))
}
