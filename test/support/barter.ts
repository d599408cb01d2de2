import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { PROJECT } from '../tools/source-tree.ts'

const MAIN = join(PROJECT, 'src', 'cli', 'main.ts')

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly repo?: string
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly env?: NodeJS.ProcessEnv
  /** The number of an open file for standard output; a pipe without. */
  readonly output?: number
}

/** Starts the command line in a process of its own. */
export function spawnBarter(args: readonly string[], { repo, cwd, env, output }: RunOptions): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', output ?? 'pipe', 'pipe'],
    cwd: cwd ?? PROJECT,
    // Undefined takes a variable away: the repo of whoever runs the tests is not touched.
    env: { ...process.env, IPFS_PATH: undefined, BARTER_PATH: repo, ...env }
  })
}

/** Runs the command line in a process of its own, to its end. */
export async function barter(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const child = spawnBarter(args, options)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin?.end(options.input ?? '')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

export interface RunningDaemon {
  /** What it printed so far. */
  readonly lines: readonly string[]
  readonly process: ChildProcess
  /** Resolves with the exit code and the signal that ended it. */
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>
  /** Where peers reach it. */
  readonly address: string
}

/** Starts a daemon in a process of its own; resolves once it says that it is ready. It ends with the test. */
export async function startBarter(
  repo: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {}
): Promise<RunningDaemon> {
  const child = spawnBarter(['daemon', ...args], { repo, env })
  const ended = once(child, 'close') as RunningDaemon['ended']
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const lines: string[] = []
  const errors: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  if (child.stdout === null) throw new Error('the daemon has no output')
  const output = createInterface(child.stdout)
  await new Promise<void>((resolve, reject) => {
    output.on('line', (line) => {
      lines.push(line)
      if (line === 'Daemon is ready') resolve()
    })
    output.once('close', () => reject(new Error(`the daemon did not start: ${errors.join('')}`)))
  })
  const address =
    lines
      .find((line) => line.startsWith('Swarm listening on '))
      ?.split(' ')
      .at(-1) ?? ''
  return { lines, process: child, ended, address }
}
