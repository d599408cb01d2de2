/** A thread that runs cells, one after the other, as they are sent to it. */
import { parentPort } from 'node:worker_threads'
import { runTask, type CellReport, type CellTask } from './cell-task.ts'

/** Progress is told this often, as a part of the cell. */
const STEP = 0.02

const port = parentPort
port?.on('message', (task: CellTask) => {
  let told = 0
  const say = (report: CellReport): void => port.postMessage(report)
  const onProgress = (done: number): void => {
    if (done - told < STEP) return
    told = done
    say({ kind: 'progress', done })
  }
  runTask(task, onProgress).then(
    (result) => say({ kind: 'result', result }),
    (error: unknown) => say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  )
})
