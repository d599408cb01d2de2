import type { Logger } from '../../src/ports.ts'

export interface LogLine {
  readonly level: 'debug' | 'warn' | 'error'
  readonly message: string
  readonly fields: Record<string, unknown> | undefined
}

/** Keeps what is logged, for a test to look at. */
export class RecordingLogger implements Logger {
  /** Bounded: by the test that reads it. */
  readonly lines: LogLine[] = []

  debug(message: string, fields?: Record<string, unknown>): void {
    this.lines.push({ level: 'debug', message, fields })
  }

  warn(message: string, fields?: Record<string, unknown>): void {
    this.lines.push({ level: 'warn', message, fields })
  }

  error(message: string, fields?: Record<string, unknown>): void {
    this.lines.push({ level: 'error', message, fields })
  }

  /** The messages of one level, oldest first. */
  messages(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message)
  }
}
