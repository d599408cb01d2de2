import type * as z from 'zod'
import { choice, dependentNumber, duration, section, wholeNumber } from './keys.ts'

/** `Swarm.ConnMgr`: how many connections are kept. */
export interface ConnectionsConfig {
  /** Close those of least worth when there are too many. */
  readonly isTrimming: boolean
  /** Down to which number they are closed. */
  readonly lowWater: number
  /** Beyond which number they are closed. */
  readonly highWater: number
  /** A connection younger than this is not closed. */
  readonly gracePeriodMs: number
  /** Between two looks at their number. */
  readonly silencePeriodMs: number
}

const MOST_CONNECTIONS = 100_000

/** More than Kubo's 96: bitswap trades with whoever is connected, and an idle connection costs little here. */
const HIGH_WATER = 300

const isLive = true

export const connectionsSchema = section({
  Type: choice(
    'Close connections of least worth when there are too many, or leave that to the hard limit.',
    ['basic', 'none'],
    'basic',
    { isLive }
  ),
  LowWater: dependentNumber('Connections left when some are closed.', {
    rule: 'two thirds of HighWater',
    min: 1,
    max: MOST_CONNECTIONS,
    isLive
  }),
  HighWater: wholeNumber('Connections beyond which some are closed.', {
    missing: HIGH_WATER,
    min: 1,
    max: MOST_CONNECTIONS,
    isLive
  }),
  GracePeriod: duration('A connection younger than this is not closed.', '20s', { isLive }),
  SilencePeriod: duration('Time between two looks at the number of connections.', '10s', { min: 1, isLive })
})
  .superRefine(({ LowWater, HighWater }, context) => {
    if (LowWater === undefined || LowWater <= HighWater) return
    const message = `${HighWater} or less, which is Swarm.ConnMgr.HighWater`
    context.addIssue({ code: 'custom', path: ['LowWater'], message })
  })
  .prefault({})

export function toConnections(values: z.output<typeof connectionsSchema>): ConnectionsConfig {
  return {
    isTrimming: values.Type === 'basic',
    lowWater: values.LowWater ?? Math.ceil((values.HighWater * 2) / 3),
    highWater: values.HighWater,
    gracePeriodMs: values.GracePeriod,
    silencePeriodMs: values.SilencePeriod
  }
}
