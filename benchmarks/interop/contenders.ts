/** The four pairs, and the two ways in which Boxo can be asked. An arrow leads from the provider to the consumer. */
import type { Series, Target } from '../exchange/line.ts'
import type { Kind } from './end.ts'
import { WORKERS } from './meeting.ts'

export interface Way {
  readonly provider: Kind
  readonly consumer: Kind
  /** As in a `Job`. */
  readonly workers: number
}

export type Pair = 'boxo→boxo' | 'boxo→barter' | 'barter→boxo' | 'barter→barter'

/** Barter takes all in one request. Boxo does, too, and then stalls or not; so it is also asked block by block. */
export const WAYS = {
  'boxo→boxo': { provider: 'boxo', consumer: 'boxo', workers: 0 },
  'boxo→boxo by workers': { provider: 'boxo', consumer: 'boxo', workers: WORKERS },
  'boxo→barter': { provider: 'boxo', consumer: 'barter', workers: 0 },
  'barter→boxo': { provider: 'barter', consumer: 'boxo', workers: 0 },
  'barter→boxo by workers': { provider: 'barter', consumer: 'boxo', workers: WORKERS },
  'barter→barter': { provider: 'barter', consumer: 'barter', workers: 0 }
} as const satisfies Readonly<Record<string, Way>>

export type WayName = keyof typeof WAYS

/** Rounds of one pair differ by more than the rest. */
export const NO_SLOWER: Target = { at: 'least', value: 0.95, stretch: 1 }

/** One contender for each way. */
export function forWays<T>(make: (way: Way) => T): Record<WayName, T> {
  const made = Object.entries(WAYS).map(([name, way]) => [name, make(way)])
  // The keys are those of the table.
  return Object.fromEntries(made) as Record<WayName, T>
}

/** What a pair did best at, of the ways in which it was asked: the better of each round. */
export function bestOf(found: Readonly<Record<WayName, Series>>): Record<Pair, Series> {
  return {
    'boxo→boxo': better(found['boxo→boxo'], found['boxo→boxo by workers']),
    'boxo→barter': found['boxo→barter'],
    'barter→boxo': better(found['barter→boxo'], found['barter→boxo by workers']),
    'barter→barter': found['barter→barter']
  }
}

function better(one: Series, other: Series): Series {
  if (one.error !== undefined) return other
  if (other.error !== undefined) return one
  return { rounds: one.rounds.map((figure, round) => Math.max(figure, other.rounds[round] ?? figure)) }
}
