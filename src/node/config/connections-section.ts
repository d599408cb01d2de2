import type { ConfigReader } from './reader.ts'

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

export function readConnections(swarm: ConfigReader): ConnectionsConfig {
  const manager = swarm.section('ConnMgr')
  const highWater = manager.integer('HighWater', HIGH_WATER, { min: 1, max: MOST_CONNECTIONS })
  const lowWater = manager.integer('LowWater', Math.ceil((highWater * 2) / 3), { min: 1, max: MOST_CONNECTIONS })
  if (lowWater > highWater) {
    throw manager.wrong('LowWater', `${highWater} or less, which is Swarm.ConnMgr.HighWater`)
  }
  return {
    isTrimming: manager.choice('Type', ['basic', 'none'], 'basic') === 'basic',
    lowWater,
    highWater,
    gracePeriodMs: manager.durationMs('GracePeriod', 20_000),
    silencePeriodMs: manager.durationMs('SilencePeriod', 10_000, { min: 1 })
  }
}
