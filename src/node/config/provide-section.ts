import type * as z from 'zod'
import { choice, duration, flag, section, wholeNumber } from './keys.ts'

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

export const provideSchema = section({
  Enabled: flag('Tell others what this peer has.', true),
  // Kubo tells of all blocks by default: one of a large store is told of in days, if at all.
  Strategy: choice('What they are told of.', STRATEGIES, 'roots'),
  DHT: section({
    Interval: duration('Time after which all is told anew; 0s for never.', '22h', { max: VALIDITY_MS }),
    MaxWorkers: wholeNumber('Keys told of side by side.', { missing: 4, min: 1, max: 64 })
  }).prefault({})
}).prefault({})

export function toProvide(values: z.output<typeof provideSchema>): ProvideConfig {
  return {
    strategy: values.Enabled ? values.Strategy : 'none',
    intervalMs: values.DHT.Interval,
    workers: values.DHT.MaxWorkers
  }
}
