import type { LogEntry, LogLevel } from '../../api/service/log-service.ts'
import type { AbortOptions, Logger } from '../../ports.ts'
import type { LogLevels } from './log-levels.ts'
import { formatLine, plainFields, plainText, type Clean, type LogFormat } from './log-line.ts'
import { LogTail } from './log-tail.ts'
import { SecretFilter } from './secret-filter.ts'

export interface LogSinkParts {
  readonly levels: LogLevels
  /** Takes whole lines. */
  readonly write: (line: string) => void
  /** Milliseconds since 1970. */
  readonly epochMs: () => number
  readonly format?: LogFormat
}

const MAX_TAILS = 64

/**
 * Where every entry of this process goes: into the log as a line, and to whoever follows it. An entry that no level shows
 * costs one comparison. What is written has no control characters, and none of the secrets that were named to it.
 */
export class LogSink {
  readonly levels: LogLevels
  readonly #write: (line: string) => void
  readonly #epochMs: () => number
  readonly #secrets = new SecretFilter()
  readonly #clean: Clean = (text) => this.#secrets.clean(text)
  /** Bounded: `MAX_TAILS`, and each by itself. */
  readonly #tails = new Set<LogTail>()
  format: LogFormat

  constructor({ levels, write, epochMs, format = 'human' }: LogSinkParts) {
    this.levels = levels
    this.#write = write
    this.#epochMs = epochMs
    this.format = format
  }

  /** A logger for one subsystem. */
  logger(subsystem: string): Logger {
    const log = this.writer(subsystem)
    return {
      debug: (message, fields) => log('debug', message, fields),
      warn: (message, fields) => log('warn', message, fields),
      error: (message, fields) => log('error', message, fields)
    }
  }

  /** Writes entries of one subsystem; the answer of the levels is remembered until they change. */
  writer(subsystem: string): (level: LogLevel, message: string, fields?: Record<string, unknown>) => void {
    const shows = this.watcher(subsystem)
    return (level, message, fields) => {
      if (shows(level)) this.entry(level, subsystem, message, fields ?? {})
    }
  }

  /** Tells whether a level of one subsystem is shown now. */
  watcher(subsystem: string): (level: LogLevel) => boolean {
    this.levels.saw(subsystem)
    let changes = -1
    let shown = new Set<LogLevel>()
    return (level) => {
      if (changes !== this.levels.changes) {
        changes = this.levels.changes
        shown = this.levels.shownOf(subsystem)
      }
      return shown.has(level)
    }
  }

  /** Writes an entry, whatever its level. */
  entry(level: LogLevel, subsystem: string, message: string, fields: Record<string, unknown>): void {
    const entry = {
      at: this.#epochMs(),
      level,
      subsystem: plainText(subsystem, this.#clean),
      message: plainText(message, this.#clean),
      fields: plainFields(fields, this.#clean)
    }
    this.#write(formatLine(entry, this.format))
    for (const tail of this.#tails) tail.push(entry)
  }

  /** Texts that no entry may show: those that somebody has now, in the place of what they had before. */
  hide(whose: 'config' | 'token', secrets: Iterable<string>): void {
    this.#secrets.hide(whose, secrets)
  }

  /** Entries from now on. */
  async *tail({ signal }: AbortOptions = {}): AsyncGenerator<LogEntry> {
    if (this.#tails.size >= MAX_TAILS) throw new RangeError(`the log is followed by ${MAX_TAILS} readers already`)
    const tail = new LogTail(this.#epochMs)
    this.#tails.add(tail)
    try {
      yield* tail.entries(signal)
    } finally {
      this.#tails.delete(tail)
    }
  }
}
