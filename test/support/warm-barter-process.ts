/**
 * Runs one command line after the other, as `src/cli/main.ts` runs one, and tells what each of them wrote: what takes most
 * of the time of a short command is the start of its process, and here there is one start for all.
 */
import { setMaxListeners } from 'node:events'
import { Readable } from 'node:stream'
import { runCli } from '../../src/cli/run.ts'
import type { Result } from './barter.ts'

export interface CommandLine {
  readonly args: readonly string[]
  readonly repo: string
  readonly input: string
}

/** Takes what is written instead of the stream; returns it, and forgets it. */
function tapped(stream: NodeJS.WriteStream): () => string {
  const chunks: Buffer[] = []
  stream.write = (data: string | Uint8Array, ...rest: readonly (string | (() => void) | undefined)[]): boolean => {
    chunks.push(Buffer.from(data))
    const written = rest.at(-1)
    if (typeof written === 'function') queueMicrotask(written)
    return true
  }
  return () => Buffer.concat(chunks.splice(0)).toString()
}

const stdout = tapped(process.stdout)
const stderr = tapped(process.stderr)
// Each command listens for signals, and for a reader that goes away.
setMaxListeners(0, process, process.stdout)

async function run({ args, repo, input }: CommandLine): Promise<Result> {
  delete process.env['IPFS_PATH']
  process.env['BARTER_PATH'] = repo
  const value = Readable.from(input === '' ? [] : [Buffer.from(input)])
  Object.defineProperty(process, 'stdin', { value, configurable: true })
  const code = await runCli(args)
  return { code, stdout: stdout(), stderr: stderr() }
}

process.on('message', (line: CommandLine) => {
  void run(line).then((result) => process.send?.(result))
})
