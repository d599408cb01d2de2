import { cellsOf, type Experiment } from './experiment.ts'
import type { CellTask } from './cell-task.ts'
import { ResultWriter, type Manifest } from './result-writer.ts'
import { runTasks } from './worker-pool.ts'

export interface ExperimentOptions {
  readonly directory: string
  readonly workers: number
  readonly detail?: 'peers' | 'world'
  readonly about: Pick<Manifest, 'barter' | 'node' | 'platform'>
  /** Cells done, parts of cells included, of how many. */
  readonly onProgress?: (done: number, cells: number) => void
  readonly signal?: AbortSignal | undefined
}

/** Runs every cell of an experiment and writes what came of it into a directory. */
export async function runExperiment(experiment: Experiment, options: ExperimentOptions): Promise<void> {
  const { directory, workers, detail, about, onProgress, signal } = options
  const tasks = cellsOf(experiment).map((spec): CellTask => ({ json: experiment.json, spec, detail }))
  const parts = new Float64Array(tasks.length)
  const tell = (index: number, done: number): void => {
    parts[index] = done
    onProgress?.(
      parts.reduce((sum, part) => sum + part, 0),
      tasks.length
    )
  }
  const writer = await ResultWriter.create(directory, experiment, about)
  try {
    await runTasks(tasks, {
      workers,
      signal,
      onProgress: tell,
      onResult: (index, result) => {
        writer.add(index, result)
        tell(index, 1)
      }
    })
  } finally {
    await writer.close()
  }
}
