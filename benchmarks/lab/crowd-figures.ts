import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** A world in which everybody but one fetches the file that this one has. */
export interface CrowdWork {
  readonly peers: number
  readonly degree: number
  readonly megabytes: number
  readonly seed: number
}

/** What a world took. Times are real milliseconds unless they are virtual. */
export interface CrowdFigures {
  readonly pairs: number
  readonly blocks: number
  readonly duplicates: number
  readonly messages: number
  readonly eventHash: string
  readonly virtualMs: number
  readonly buildMs: number
  readonly fetchMs: number
  readonly cpuMs: number
  readonly bytesPerPeer: number
  /** Of a pair of peers that are connected and have not exchanged anything; then of one that has. */
  readonly bytesPerPair: number
  readonly bytesPerPairAtTheEnd: number
  /** Most memory of the process. */
  readonly peakBytes: number
}

const run = promisify(execFile)
const WORKER = fileURLToPath(new URL('crowd-worker.ts', import.meta.url))

/** Runs a world in a process of its own, with so much heap, in MiB. */
export async function measureCrowd(work: CrowdWork, heapMiB: number, deadlineMs: number): Promise<CrowdFigures> {
  const flags = ['--expose-gc', `--max-old-space-size=${heapMiB}`, '--max-semi-space-size=64', WORKER]
  const { stdout } = await run(process.execPath, [...flags, JSON.stringify(work)], { timeout: deadlineMs })
  return JSON.parse(stdout) as CrowdFigures
}
