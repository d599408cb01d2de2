import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { errorText } from '../api/api-error.ts'
import { readDuration } from '../api/formats/duration.ts'
import type { PeerService } from '../api/service/peer-service.ts'
import { defaultRepoPath } from '../node/repo/repo-path.ts'
import { safeLine, safeText } from '../safe-text.ts'
import type { GlobalOptions, KuboOptions, ServiceNeed } from './global-options.ts'
import { namedCommands } from './named-commands.ts'
import type { OpenedService } from './open-service.ts'
import { Output } from './output.ts'

/** What commands share: where to write, when to stop, and whom to ask. */
export interface Cli {
  /** Ends with Ctrl-C, or when the time given is up. */
  readonly signal: AbortSignal
  /** Reads the options of the program; to be called once, first. */
  begin(command: Command): GlobalOptions & { readonly root: string }
  /** Resolves after so many milliseconds; rejects when `signal` ends it. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Writes to standard output, as fast as its reader takes it. */
  write(data: string | Uint8Array): Promise<void>
  /** A line on standard output, safe for a terminal. */
  print(line: string): Promise<void>
  /** A line on standard output that may name commands in quotes: they are told for the repo in use, as in `warn` and `fail`. */
  advise(line: string): Promise<void>
  /** A line on standard error, safe for a terminal. */
  warn(line: string): void
  /** A line for a person only: on standard error, where that is a terminal. */
  hint(line: string): void
  /** Where all of this is written. */
  readonly output: Pick<Output, 'isReaderGone' | 'flush' | 'draw'>
  /** Tells why the command failed. */
  fail(error: unknown): void
  /** Calls the daemon when there is one, else opens the repo; closes it afterwards. */
  withService<T>(
    command: Command,
    need: ServiceNeed,
    run: (service: PeerService, opened: Pick<OpenedService, 'isDaemon'>) => Promise<T>
  ): Promise<T>
  close(): void
}

/** What tests put in the place of the machine's own. */
export type CliInit = Partial<Pick<Cli, 'wait'>>

export function createCli({ wait = waitFor }: CliInit = {}): Cli {
  const stop = new AbortController()
  const interrupted = (): void => {
    // Whoever asks a second time wants an end at once: the system's own way.
    process.off('SIGINT', interrupted)
    process.off('SIGTERM', interrupted)
    stop.abort(new DOMException('interrupted', 'AbortError'))
    // Somebody may be waiting for input that will not come now.
    process.stdin.destroy()
  }
  process.once('SIGINT', interrupted)
  process.once('SIGTERM', interrupted)
  const timeIsUp = (): void => stop.abort(new DOMException('time is up', 'TimeoutError'))
  let timer: NodeJS.Timeout | undefined
  const output = new Output(stop.signal, (error) => {
    if (error !== undefined) stop.abort(error)
    interrupted()
  })
  let repoDir: string | undefined
  const warn = (line: string): void => output.tell(safeLine(namedCommands(line, repoDir)))
  const cli: Cli = {
    signal: stop.signal,
    wait,
    begin(command) {
      const options = fromKubo(command.optsWithGlobals())
      repoDir = options.repoDir
      if (options.timeout !== undefined) timer ??= setTimeout(timeIsUp, readDuration(options.timeout))
      return { ...options, root: options.repoDir ?? defaultRepoPath() }
    },
    write: (data) => output.write(data),
    print: (line) => output.write(`${safeLine(line)}\n`),
    advise: (line) => output.write(`${safeLine(namedCommands(line, repoDir))}\n`),
    warn,
    hint: (line) => (process.stderr.isTTY ? warn(line) : undefined),
    output,
    fail: (error) => output.tell(safeText(namedCommands(failureText(stop.signal, error), repoDir))),
    withService: async (command, need, run) => {
      const { openService } = await import('./open-service.ts')
      return await useAndClose(await openService(cli.begin(command), need, warn), run)
    },
    close: () => {
      clearTimeout(timer)
      process.off('SIGINT', interrupted)
      process.off('SIGTERM', interrupted)
    }
  }
  return cli
}

async function useAndClose<T>(
  opened: OpenedService,
  run: (service: PeerService, opened: OpenedService) => Promise<T>
): Promise<T> {
  try {
    return await run(opened.service, opened)
  } finally {
    await opened.close()
  }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal })
}

/** Its time ran out; what can be asked then. */
export class TooLateError extends Error {
  override readonly name = 'TimeoutError'
  readonly advice: string

  constructor(advice: string, options?: ErrorOptions) {
    super('time is up', options)
    this.advice = advice
  }
}

/** Whoever was stopped fails in many ways; why it was stopped is what counts. */
function failureText(signal: AbortSignal, error: unknown): string {
  const text = `Error: ${errorText(signal.aborted ? signal.reason : error)}`
  return error instanceof TooLateError ? `${text}\n${error.advice}` : text
}

/** What Kubo's names for options of every command stand for here. */
function fromKubo(given: GlobalOptions & KuboOptions): GlobalOptions {
  const { encoding, local, config, ...options } = given
  return {
    ...options,
    ...(encoding === 'json' && { json: true }),
    ...(local === true && { offline: true }),
    ...(options.repoDir === undefined && config !== undefined && { repoDir: config })
  }
}
