import { strategyByName } from '../../engine/strategies/by-name.ts'
import { runCell } from '../run-cell.ts'
import { readScenario } from '../scenario/read-scenario.ts'
import { libp2pWorld } from './libp2p-world.ts'

const SCENARIO = {
  name: 'warm-up',
  topology: { seed: 1, leech: 3 },
  link: { latency_ms: 1 },
  content: { file_size: 4_000_000 },
  exchange: { providerSearchDelayMs: 0 }
}
const TIMES = 2

let warm: Promise<void> | undefined

/**
 * Runs something small over libp2p, once in a thread. Code that has never run is slow; the first run of an experiment
 * would pay for it, and show it as a difference between the worlds.
 */
export function warmUp(): Promise<void> {
  return (warm ??= run())
}

async function run(): Promise<void> {
  const scenario = readScenario(SCENARIO)
  const strategies = { server: strategyByName('debt-ratio'), client: undefined }
  const cell = { scenario, server: 'debt-ratio', client: 'barter', seed: 0 }
  const options = { stopwatch: () => performance.now(), build: libp2pWorld, detail: 'world' } as const
  for (let time = 0; time < TIMES; time++) await runCell(cell, strategies, options)
}
