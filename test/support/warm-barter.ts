import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { PROJECT } from '../tools/source-tree.ts'
import type { Result } from './barter.ts'
import type { CommandLine } from './warm-barter-process.ts'

const PROGRAM = fileURLToPath(new URL('warm-barter-process.ts', import.meta.url))

export type RunWarm = (
  args: readonly string[],
  options: { readonly repo: string; readonly input?: string }
) => Promise<Result>

/**
 * Runs command lines as `barter` does, all of them in one process of their own, which ends with the test. Not for what a
 * process does beside its command: how it ends, what signals do, how fast it starts.
 */
export function warmBarter(): RunWarm {
  const child = fork(PROGRAM, { cwd: PROJECT, env: { ...process.env, UV_THREADPOOL_SIZE: '64' } })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let last: Promise<unknown> = Promise.resolve()
  const run = async (line: CommandLine): Promise<Result> => {
    const gone = ended.then(() => Promise.reject(new Error(`the process ended in "${line.args.join(' ')}"`)))
    child.send(line)
    const [result] = (await Promise.race([once(child, 'message'), gone])) as [Result]
    return result
  }
  return (args, { repo, input = '' }) => {
    const result = last.then(() => run({ args, repo, input }))
    last = result.catch(() => undefined)
    return result
  }
}
