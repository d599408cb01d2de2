import type { CellResult } from '../results.ts'
import type { CellTask } from '../experiment/cell-task.ts'
import { runTasks } from '../experiment/worker-pool.ts'
import type { Bench, CellRequest } from './reproduction.ts'

export interface BenchOptions {
  readonly workers: number
  readonly seeds: readonly number[]
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, cells: number) => void
}

/** Runs cells in threads. */
export function createBench({ workers, seeds, signal, onProgress }: BenchOptions): Bench {
  return {
    seeds,
    signal,
    run: async (requests: readonly CellRequest[]) => {
      const results: CellResult[] = []
      let done = 0
      const tasks = requests.map(({ json, detail = 'peers', ...spec }): CellTask => ({ json, spec, detail }))
      await runTasks(tasks, {
        workers,
        signal,
        onProgress: () => undefined,
        onResult: (index, result) => {
          results[index] = result
          onProgress?.(++done, requests.length)
        }
      })
      return results
    }
  }
}
