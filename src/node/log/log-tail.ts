import type { LogEntry } from '../../api/service/log-service.ts'

const MAX_WAITING = 1_000

/** Entries on their way to one reader. */
export class LogTail {
  /** Bounded: `MAX_WAITING`; a reader that is slower misses the oldest, and is told how many. */
  readonly #waiting: LogEntry[] = []
  readonly #epochMs: () => number
  #missed = 0
  #wake: (() => void) | undefined

  constructor(epochMs: () => number) {
    this.#epochMs = epochMs
  }

  push(entry: LogEntry): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift()
      this.#missed += 1
    }
    this.#waiting.push(entry)
    this.#wake?.()
  }

  /** Ends with the signal. */
  async *entries(signal?: AbortSignal): AsyncGenerator<LogEntry> {
    const wake = (): void => this.#wake?.()
    signal?.addEventListener('abort', wake)
    try {
      while (signal?.aborted !== true) {
        if (this.#missed > 0) yield this.#missing()
        const entry = this.#waiting.shift()
        if (entry !== undefined) yield entry
        else await this.#next()
      }
    } finally {
      signal?.removeEventListener('abort', wake)
    }
  }

  async #next(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
  }

  #missing(): LogEntry {
    const message = `${this.#missed} entries were missed: this reader is too slow`
    this.#missed = 0
    return { at: this.#epochMs(), level: 'warn', subsystem: 'log', message, fields: {} }
  }
}
