import type { LogEntry, LogLevel, LogService, TailOptions } from '../../src/api/service/log-service.ts'

/** A log with fixed answers; writes down what it was asked. */
export class FakeLog implements LogService {
  readonly #calls: unknown[][]

  constructor(calls: unknown[][]) {
    this.#calls = calls
  }

  subsystems(): readonly string[] {
    return ['barter', 'libp2p']
  }

  levels(subsystem?: string): ReadonlyMap<string, LogLevel> {
    this.#calls.push(['log.levels', subsystem])
    return new Map([[subsystem ?? '(default)', 'warn']])
  }

  setLevel(subsystem: string, level: string): void {
    this.#calls.push(['log.setLevel', subsystem, level])
  }

  async *tail({ level }: TailOptions = {}): AsyncGenerator<LogEntry> {
    if (level !== undefined) this.#calls.push(['log.tail', level])
    yield { at: 0, level: 'warn', subsystem: 'barter', message: 'one', fields: { peers: 3 } }
    yield await Promise.resolve({ at: 1_000, level: 'error', subsystem: 'barter', message: 'two', fields: {} })
  }
}
