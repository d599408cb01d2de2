import type { ConfigReader } from './reader.ts'

const STRATEGIES = ['all', 'roots', 'pinned', 'none'] as const

/** `roots` and `pinned` are the same until there are pins: the roots of what was added here. */
export type ProvideStrategy = (typeof STRATEGIES)[number]

/** `Provide`. */
export interface ProvideConfig {
  /** What other peers are told of; `none` also when `Provide.Enabled` is false. */
  readonly strategy: ProvideStrategy
  /** Time after which everything is told anew (`Provide.DHT.Interval`); 0 turns it off. */
  readonly intervalMs: number
  /** Keys told of side by side (`Provide.DHT.MaxWorkers`). */
  readonly workers: number
}

const HOUR_MS = 3_600_000
/** Other peers drop a record after this time. */
const VALIDITY_MS = 48 * HOUR_MS

export function readProvide(config: ConfigReader): ProvideConfig {
  const provide = config.section('Provide')
  const dht = provide.section('DHT')
  // Kubo tells of all blocks by default: one of a large store is told of in days, if at all.
  const strategy = provide.choice('Strategy', STRATEGIES, 'roots')
  return {
    strategy: provide.flag('Enabled', true) ? strategy : 'none',
    intervalMs: dht.durationMs('Interval', 22 * HOUR_MS, { max: VALIDITY_MS }),
    workers: dht.integer('MaxWorkers', 4, { min: 1, max: 64 })
  }
}
