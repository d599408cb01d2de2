import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'

export interface LogOutput {
  write(line: string): void
  /** Lines that could not be written, because nobody took them or the disk did not. */
  readonly lost: number
  /** Begins a file anew, after something else moved it away. */
  reopen(): void
  /** Resolves once all that was written is out. */
  close(): Promise<void>
}

/** Characters that may wait for a slow reader or disk; a line beyond is lost. */
const MAX_WAITING = 4 * 1024 * 1024

/** Standard error. */
export function errorOutput(stream: Writable = process.stderr): LogOutput {
  return new StreamOutput(() => stream, false)
}

/** A file, for its owner only, that lines are added to. */
export function fileOutput(path: string): LogOutput {
  return new StreamOutput(() => createWriteStream(path, { flags: 'a', mode: 0o600 }), true)
}

class StreamOutput implements LogOutput {
  readonly #open: () => Writable
  readonly #isOwn: boolean
  #stream: Writable
  #lost = 0

  constructor(open: () => Writable, isOwn: boolean) {
    this.#open = open
    this.#isOwn = isOwn
    this.#stream = this.#opened()
  }

  get lost(): number {
    return this.#lost
  }

  write(line: string): void {
    if (this.#stream.writableLength + line.length > MAX_WAITING || this.#stream.errored !== null) this.#lost += 1
    else this.#stream.write(line)
  }

  reopen(): void {
    if (!this.#isOwn) return
    this.#stream.end()
    this.#stream = this.#opened()
  }

  async close(): Promise<void> {
    if (!this.#isOwn || this.#stream.errored !== null) return
    await new Promise<void>((resolve) => {
      this.#stream.once('error', () => resolve())
      this.#stream.end(() => resolve())
    })
  }

  /** A log that cannot be written must not end the peer: its lines are counted as lost. */
  #opened(): Writable {
    const stream = this.#open()
    if (this.#isOwn) stream.on('error', () => (this.#lost += 1))
    return stream
  }
}
