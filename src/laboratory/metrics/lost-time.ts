import type { RequestTimes } from './peer-watch.ts'

/**
 * Where the time of a request went, in milliseconds; the parts add up to all of it.
 *
 * - `needed`: what its bytes take at the pace of its downlink, or of the uplinks of all others;
 * - `discovery`: until somebody said to have a block of it, or sent one;
 * - `roundTrips`, `duplicates`, `choking`, `cpu`: as `time-account.ts` defines the stages;
 * - `queueing`: waiting while those that were asked sent to others, and by how much longer than needed its own blocks took
 *   to leave, for they shared the uplink with those of others.
 *
 * A peer has one account for all its requests at a time: what a request waits for while blocks of another one come is
 * counted as transfer.
 */
export interface LostTime {
  readonly needed: number
  readonly discovery: number
  readonly roundTrips: number
  readonly queueing: number
  readonly duplicates: number
  readonly choking: number
  readonly cpu: number
}

/** `transferMs` is the bound of the request; see `LowerBounds`. */
export function lostTime({ discoveryMs, stages }: RequestTimes, transferMs: number): LostTime {
  const needed = Math.min(stages.transfer, transferMs)
  return {
    needed,
    discovery: discoveryMs,
    roundTrips: stages.roundTrips,
    queueing: stages.queueing + stages.transfer - needed,
    duplicates: stages.duplicates,
    choking: stages.choking,
    cpu: stages.cpu
  }
}

/** In the order in which they are shown, with their names as metrics. */
export const LOST_TIME_METRICS: readonly (readonly [keyof LostTime, string])[] = [
  ['needed', 'time_needed'],
  ['discovery', 'lost_discovery'],
  ['roundTrips', 'lost_round_trips'],
  ['queueing', 'lost_queueing'],
  ['duplicates', 'lost_duplicates'],
  ['choking', 'lost_choking'],
  ['cpu', 'lost_cpu']
]
