import {
  DEFAULT_SUBSYSTEM,
  LOG_LEVELS,
  type LogEntry,
  type LogLevel,
  type LogService,
  type TailOptions
} from '../../api/service/log-service.ts'
import { didYouMean } from '../../did-you-mean.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { LogSink } from '../log/log-sink.ts'

const ALL: ReadonlySet<string> = new Set(['all', '*'])

/** The log of this process. */
export class LocalLog implements LogService {
  readonly #sink: LogSink

  constructor(sink: LogSink) {
    this.#sink = sink
  }

  subsystems(): readonly string[] {
    return this.#sink.levels.names()
  }

  levels(subsystem?: string): ReadonlyMap<string, LogLevel> {
    const { levels } = this.#sink
    if (subsystem === undefined || subsystem === DEFAULT_SUBSYSTEM)
      return new Map([[DEFAULT_SUBSYSTEM, levels.missing]])
    if (!ALL.has(subsystem)) {
      this.#check(subsystem)
      return new Map([[subsystem, levels.of(subsystem)]])
    }
    const each = levels.names().map((name) => [name, levels.of(name)] as const)
    return new Map([[DEFAULT_SUBSYSTEM, levels.missing], ...each])
  }

  setLevel(subsystem: string, level: string): void {
    const { levels } = this.#sink
    if (ALL.has(subsystem)) {
      const wanted = level === 'default' ? levels.missing : parseLevel(level)
      levels.reset(wanted, {})
      return
    }
    if (subsystem !== DEFAULT_SUBSYSTEM) this.#check(subsystem)
    levels.set(subsystem, level === 'default' ? undefined : parseLevel(level))
  }

  async *tail({ level, ...options }: TailOptions = {}): AsyncIterable<LogEntry> {
    const least = level === undefined ? 0 : LOG_LEVELS.indexOf(parseLevel(level))
    for await (const entry of this.#sink.tail(options)) {
      if (LOG_LEVELS.indexOf(entry.level) >= least) yield entry
    }
  }

  #check(name: string): void {
    const { levels } = this.#sink
    if (levels.has(name)) return
    const near = didYouMean(name, levels.names())
    throw new InvalidParametersError(`no subsystem ${name} has logged: \`barter log ls\` lists those that have${near}`)
  }
}

function parseLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text.toLowerCase())
  if (level !== undefined) return level
  throw new InvalidParametersError(`unrecognized level: "${text}": expected one of ${LOG_LEVELS.join(', ')}`)
}
