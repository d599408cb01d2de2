import { cellsOf, DEFAULT_WORLDS, type Experiment } from './experiment.ts'
import type { CellTask } from './cell-task.ts'
import { ResultWriter, type Manifest } from './result-writer.ts'
import { runTasks, sumOfParts } from './worker-pool.ts'

export interface ExperimentOptions {
  readonly directory: string
  /** Of earlier results in the directory, which is refused otherwise. */
  readonly replace?: boolean
  readonly workers: number
  readonly detail?: 'peers' | 'world'
  readonly about: Pick<Manifest, 'barter' | 'node' | 'platform'>
  /** Cells done, parts of cells included, of how many. */
  readonly onProgress?: (done: number, cells: number) => void
  readonly signal?: AbortSignal | undefined
}

/** Runs every cell of an experiment and writes what came of it into a directory. */
export async function runExperiment(experiment: Experiment, options: ExperimentOptions): Promise<void> {
  const { directory, replace = false, workers, detail, about, onProgress, signal } = options
  const tasks = cellsOf(experiment).map((spec): CellTask => ({ json: experiment.json, spec, detail }))
  const tell = sumOfParts(tasks.length, onProgress)
  const writer = await ResultWriter.create(directory, experiment, about, replace)
  try {
    for (const kind of experiment.worlds ?? DEFAULT_WORLDS) {
      const numbers = [...tasks.keys()].filter((number) => tasks[number]?.spec.worldKind === kind)
      const numberOf = (index: number): number => numbers[index] ?? index
      await runTasks(
        numbers.flatMap((number) => tasks[number] ?? []),
        {
          // Real time is measured: whoever runs beside it would be measured too.
          workers: kind === 'libp2p' ? 1 : workers,
          signal,
          onProgress: (index, done) => tell(numberOf(index), done),
          onResult: (index, result) => {
            writer.add(numberOf(index), result)
            tell(numberOf(index), 1)
          }
        }
      )
    }
  } finally {
    await writer.close()
  }
}
