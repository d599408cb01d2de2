import { Worker } from 'node:worker_threads'
import { BitswapError } from '../../errors.ts'
import type { CellResult } from '../results.ts'
import type { CellReport, CellTask } from './cell-task.ts'

/** A cell of an experiment could not be run: a bad strategy, or a fault of the laboratory itself. */
export class CellFailedError extends BitswapError {
  constructor(message: string) {
    super('CellFailedError', 'ERR_CELL_FAILED', message)
  }
}

/** The same thread's file, as it lies next to this one: source, or built. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './cell-worker.ts' : './cell-worker.js', import.meta.url)

/** Memory of one thread, in MiB: a world of a hundred thousand peers needs most of it. */
const MAX_HEAP_MIB = 16 * 1024

export interface PoolOptions {
  readonly workers: number
  /** Part of the given task that is done, 0 to 1. */
  readonly onProgress: (index: number, done: number) => void
  readonly onResult: (index: number, result: CellResult) => void
  readonly signal?: AbortSignal | undefined
}

/** Told how much of each task is done, tells how much of all: `done` is a sum of parts. */
export function sumOfParts(
  tasks: number,
  onProgress: ((done: number, total: number) => void) | undefined
): PoolOptions['onProgress'] {
  const parts = new Float64Array(tasks)
  return (index, done) => {
    parts[index] = done
    onProgress?.(
      parts.reduce((sum, part) => sum + part, 0),
      tasks
    )
  }
}

/**
 * Runs tasks in so many threads; a run is one task, and never split. Resolves when all are done; rejects with the first
 * failure, or the reason of `signal`, and stops every thread.
 */
export async function runTasks(tasks: readonly CellTask[], options: PoolOptions): Promise<void> {
  const left = tasks.entries()
  const threads: Worker[] = []
  try {
    const count = Math.min(options.workers, tasks.length)
    await Promise.all(
      Array.from({ length: count }, () => {
        const thread = new Worker(WORKER, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB } })
        threads.push(thread)
        return work(thread, left, options)
      })
    )
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

/** One thread's share: the next task, as long as there is one. */
function work(thread: Worker, left: IterableIterator<[number, CellTask]>, options: PoolOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let index = -1
    const stop = (): void => reject(options.signal?.reason)
    const done = (settle: () => void): void => {
      options.signal?.removeEventListener('abort', stop)
      settle()
    }
    const next = (): void => {
      const turn = left.next()
      if (turn.done === true) {
        done(resolve)
        return
      }
      index = turn.value[0]
      thread.postMessage(turn.value[1])
    }
    thread.on('message', (report: CellReport) => {
      if (report.kind === 'progress') {
        options.onProgress(index, report.done)
      } else if (report.kind === 'result') {
        options.onResult(index, report.result)
        next()
      } else {
        done(() => reject(new CellFailedError(report.message)))
      }
    })
    thread.on('error', (error) => done(() => reject(error)))
    if (options.signal?.aborted === true) stop()
    else options.signal?.addEventListener('abort', stop, { once: true })
    next()
  })
}
