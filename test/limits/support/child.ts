/** Programs of a test that run in processes of their own, and are called like functions. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { PROJECT } from '../../tools/source-tree.ts'

/** What a program offers: functions of one value that can be sent to another process. */
export type Calls = Readonly<Record<string, (argument: never) => unknown>>

type Argument<Call> = Call extends (argument: infer A) => unknown ? A : never
type Result<Call> = Call extends (argument: never) => infer R ? Awaited<R> : never

export interface Child<C extends Calls> {
  call<Name extends keyof C & string>(name: Name, ...argument: Args<C[Name]>): Promise<Result<C[Name]>>
  /** Its exit code, and the signal that ended it. */
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>
  stop(): Promise<void>
}

type Args<Call> = [unknown] extends [Argument<Call>] ? [] : [argument: Argument<Call>]

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** Starts `test/limits/support/<name>.ts`. It ends with the test. */
export async function startChild<C extends Calls>(name: string, argument: unknown = {}): Promise<Child<C>> {
  const file = join(PROJECT, 'test', 'limits', 'support', `${name}.ts`)
  const process = fork(file, [JSON.stringify(argument)], {
    execArgv: ['--expose-gc'],
    serialization: 'advanced',
    // Whatever it prints belongs to the test.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  const child = new Caller<C>(process)
  onTestFinished(() => child.stop())
  await child.ready
  return child
}

class Caller<C extends Calls> implements Child<C> {
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>
  readonly ready: Promise<void>
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #nextId = 1

  constructor(process: ChildProcess) {
    this.#process = process
    this.ended = once(process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
    const ready = Promise.withResolvers<unknown>()
    this.#waiting.set(0, ready)
    this.ready = ready.promise.then(() => undefined)
    process.on('message', (message) => this.#answered(message as Answer))
    void this.ended.then(([code, signal]) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the process ended: ${code} ${signal}`))
    })
  }

  call<Name extends keyof C & string>(name: Name, ...[argument]: Args<C[Name]>): Promise<Result<C[Name]>> {
    const id = this.#nextId++
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    this.#process.send({ id, name, argument })
    return answer.promise as Promise<Result<C[Name]>>
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.ended
  }

  #answered({ id, result, error }: Answer): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new Error(error))
  }
}

/** In the program itself: what it was started with. */
export function givenArgument(): unknown {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** In the program itself: answers calls from now on. */
export function answerCalls(calls: Calls): void {
  const reply = (answer: Answer): void => {
    if (process.send === undefined) throw new Error('this program is started by a test')
    process.send(answer)
  }
  process.on('message', ({ id, name, argument }: { id: number; name: string; argument: never }) => {
    const run = async (): Promise<unknown> => await calls[name]?.(argument)
    run().then(
      (result) => reply({ id, result }),
      (error: unknown) => reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    )
  })
  process.on('disconnect', () => process.exit(0))
  reply({ id: 0 })
}
