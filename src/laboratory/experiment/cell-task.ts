import { performance } from 'node:perf_hooks'
import type { CellResult } from '../results.ts'
import { runCell, type RunOptions } from '../run-cell.ts'
import { readScenario } from '../scenario/read-scenario.ts'
import type { BuildWorld, WorldKind } from '../world-like.ts'
import { virtualWorld } from '../world.ts'
import { loadStrategies } from './load-strategies.ts'
import type { CellSpec } from './experiment.ts'

/** What a worker is told to do; plain data. */
export interface CellTask {
  readonly json: unknown
  readonly spec: CellSpec
  readonly detail: RunOptions['detail']
}

/** What a worker says. */
export type CellReport =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'result'; readonly result: CellResult }
  | { readonly kind: 'failed'; readonly message: string }

/** Runs one cell, in this thread. */
export async function runTask(task: CellTask, onProgress?: (done: number) => void): Promise<CellResult> {
  const { server, client, seed, worldKind = 'virtual' } = task.spec
  const scenario = readScenario(task.json)
  const strategies = await loadStrategies(server, client)
  return runCell({ scenario, server, client, seed }, strategies, {
    stopwatch: () => performance.now(),
    detail: task.detail ?? 'peers',
    build: await builderOf(worldKind),
    ...(onProgress !== undefined && { onProgress })
  })
}

/** libp2p is loaded for whoever asks for it alone. */
async function builderOf(kind: WorldKind): Promise<BuildWorld> {
  if (kind === 'virtual') return virtualWorld
  const { warmUp } = await import('../libp2p/warm-up.ts')
  await warmUp()
  const { libp2pWorld } = await import('../libp2p/libp2p-world.ts')
  return libp2pWorld
}
