/** The processes of one measurement: hired together, dismissed together, whatever happens. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answered, Call, Calls } from './calls.ts'

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))

/**
 * Memory that a process has touched stays with it: glibc neither gives back what it frees nor maps large pieces one by
 * one. A page touched for the first time costs a visit to the kernel and, in a virtual machine, often one to its host:
 * 0.4 to 2.8 ms a MiB were seen, more than a raw stream takes for all it does.
 */
const KEEP_MEMORY = { MALLOC_TRIM_THRESHOLD_: String(2 ** 32), MALLOC_MMAP_THRESHOLD_: String(2 ** 25) }

interface Waiting {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Error) => void
}

/** One process and the calls it has not answered. */
export class Worker {
  readonly name: string
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0
  #end: string | undefined

  constructor(name: string, nodeFlags: readonly string[]) {
    this.name = name
    // A group of its own, so that nothing it starts can outlive it.
    this.#child = fork(WORKER, [], {
      env: { ...process.env, ...KEEP_MEMORY },
      execArgv: ['--expose-gc', ...nodeFlags],
      serialization: 'advanced',
      detached: true
    })
    this.#child.on('message', (message) => this.#answered(message as Answered))
    this.#child.on('error', (error) => this.#ended(`could not run: ${error.message}`))
    this.#child.on('exit', (code, signal) => this.#ended(`ended with ${signal ?? `code ${code}`}`))
  }

  async call<C extends Call>(call: C, input: Calls[C][0]): Promise<Calls[C][1]> {
    if (this.#end !== undefined) throw new Error(`${this.name} ${this.#end}`)
    const id = this.#calls++
    // The worker is the same program: its answer has the shape of the call.
    return (await new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#child.send(
        { id, call, input },
        (error) => error !== null && this.#ended(`cannot be reached: ${error.message}`)
      )
    })) as Calls[C][1]
  }

  /** Ends the process and all it started. */
  async dismiss(why: string): Promise<void> {
    this.#ended(why)
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined) return
    const gone = exitCode !== null || signalCode !== null
    const exited = gone || new Promise((resolve) => this.#child.once('exit', resolve))
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // The whole group has ended already.
    }
    await exited
  }

  #answered(answered: Answered): void {
    const waiting = this.#waiting.get(answered.id)
    this.#waiting.delete(answered.id)
    if ('error' in answered) waiting?.reject(new Error(`${this.name}: ${answered.error}`))
    else waiting?.resolve(answered.output)
  }

  #ended(how: string): void {
    this.#end ??= how
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.name} ${this.#end}`))
    this.#waiting.clear()
  }
}

const hired = new Set<Worker>()

/** For a run that is interrupted: no process stays behind. */
export async function dismissAll(why: string): Promise<void> {
  await Promise.all([...hired].map((worker) => worker.dismiss(why)))
}

export type Hire = (name: string, nodeFlags?: readonly string[]) => Worker

/** Runs a measurement with processes of its own. Past the deadline they are ended and the calls they owe rejected. */
export async function withCrew<T>(deadlineMs: number, measure: (hire: Hire) => Promise<T>): Promise<T> {
  const crew: Worker[] = []
  const dismiss = async (why: string): Promise<void> => {
    await Promise.all(crew.map((worker) => worker.dismiss(why)))
    for (const worker of crew) hired.delete(worker)
  }
  const timer = setTimeout(() => void dismiss(`did not finish within ${deadlineMs / 1000} s`), deadlineMs)
  try {
    return await measure((name, nodeFlags = []) => {
      const worker = new Worker(name, nodeFlags)
      crew.push(worker)
      hired.add(worker)
      return worker
    })
  } finally {
    clearTimeout(timer)
    await dismiss('was dismissed')
  }
}
