import { InvalidParametersError } from '../../errors.ts'
import type { ApiCaller } from './api-caller.ts'
import { LOG_LEVELS, type LogEntry, type LogLevel, type LogService, type TailOptions } from '../service/log-service.ts'
import { fields, list, text } from './wire.ts'

/** The log of a peer in another process. */
export class RemoteLog implements LogService {
  readonly #calls: ApiCaller

  constructor(calls: ApiCaller) {
    this.#calls = calls
  }

  async subsystems(): Promise<readonly string[]> {
    return list(await this.#calls.json('log/ls', {}), 'Strings').map(String)
  }

  async levels(subsystem?: string): Promise<ReadonlyMap<string, LogLevel>> {
    const answer = await this.#calls.json('log/level', { arg: subsystem })
    return new Map(Object.entries(fields(answer.Levels, 'Levels')).map(([name, level]) => [name, toLevel(level)]))
  }

  async setLevel(subsystem: string, level: string): Promise<void> {
    await this.#calls.json('log/level', { arg: [subsystem, level] })
  }

  async *tail({ level: least, ...options }: TailOptions = {}): AsyncGenerator<LogEntry> {
    for await (const line of this.#calls.lines('log/tail', { 'log-level': least }, options)) {
      const { ts, level, logger, msg, ...rest } = line
      const at = Date.parse(typeof ts === 'string' ? ts : '')
      yield {
        at,
        level: toLevel(level),
        subsystem: text({ logger }, 'logger'),
        message: text({ msg }, 'msg'),
        fields: rest
      }
    }
  }
}

function toLevel(value: unknown): LogLevel {
  const level = LOG_LEVELS.find((one) => one === value)
  if (level === undefined) throw new InvalidParametersError(`the daemon told of a level ${String(value)}`)
  return level
}
