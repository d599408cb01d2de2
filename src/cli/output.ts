import { once } from 'node:events'
import { safeLine } from '../safe-text.ts'
import { clearLine, drawLine } from './drawn-line.ts'

/** What a pipe says whose reader has closed it, as `head` does. */
const READER_GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET'])

const LINE_FEED = 0x0a

/** Not all of what was printed has arrived: a full disk, mostly. */
export class OutputError extends Error {
  override readonly name = 'OutputError'

  constructor(cause: Error) {
    super(`the output could not be written: ${cause.message}`, { cause })
  }
}

/** Standard output: a program that others rely on must not end well when what it wrote is lost. */
export class Output {
  readonly #signal: AbortSignal
  #failure: NodeJS.ErrnoException | undefined
  #isMidLine = false

  /** Calls `onEnd` once nothing more can be written; without an error when that is all right with the reader. */
  constructor(signal: AbortSignal, onEnd: (error?: OutputError) => void) {
    this.#signal = signal
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#failure !== undefined) return
      this.#failure = error
      onEnd(this.isReaderGone ? undefined : new OutputError(error))
    })
  }

  /** True once whoever read the output has closed it: no failure to tell of. */
  get isReaderGone(): boolean {
    return READER_GONE.has(this.#failure?.code)
  }

  /** As fast as the reader takes it. */
  async write(data: string | Uint8Array): Promise<void> {
    clearLine(process.stderr)
    if (data.length > 0) this.#isMidLine = data.at(-1) !== (typeof data === 'string' ? '\n' : LINE_FEED)
    if (!process.stdout.write(data)) await once(process.stdout, 'drain', { signal: this.#signal })
  }

  /** Lines on standard error. On a terminal, a line of standard output that is begun is ended first, and a bar cleared. */
  tell(text: string): void {
    clearLine(process.stderr)
    process.stderr.write(`${this.#endLine()}${text}\n`)
  }

  /**
   * Draws a line on standard error, where that is a terminal, safe for it and of no more than its width. Whatever is written
   * next replaces it; undefined clears it.
   */
  draw(text: string | undefined): void {
    if (!process.stderr.isTTY) return
    clearLine(process.stderr)
    if (text === undefined) return
    process.stderr.write(this.#endLine())
    // Some terminals do not tell.
    drawLine(process.stderr, safeLine(text).slice(0, (process.stderr.columns || 80) - 1))
  }

  /** What ends a line of standard output that is begun, where both are one terminal. */
  #endLine(): string {
    const isBehind = this.#isMidLine && process.stdout.isTTY && process.stderr.isTTY
    this.#isMidLine = false
    return isBehind ? '\n' : ''
  }

  /** Resolves when all has been written, or nobody reads it any more. Rejects with `OutputError`. */
  async flush(): Promise<void> {
    const error = await new Promise<Error | null | undefined>((resolve) => process.stdout.write('', resolve))
    const failure = this.#failure ?? error
    if (failure && !this.isReaderGone) throw new OutputError(failure)
  }
}
