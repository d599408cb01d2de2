import type { ComponentLogger, Logger } from '@libp2p/interface'
import type { LogLevel } from '../../api/service/log-service.ts'
import { isObject } from '../config/json.ts'
import { errorText, textOf } from './log-line.ts'
import type { LogSink } from './log-sink.ts'

/** The levels of a logger that has three kinds of entries. */
interface Kinds {
  readonly trace: LogLevel
  readonly plain: LogLevel
  readonly error: LogLevel
}

/** What libp2p calls an error is mostly a peer that went away: nothing to wake an operator for. */
const OF_LIBP2P: Kinds = { trace: 'trace', plain: 'debug', error: 'info' }

/** As `libp2pLogger` writes what Barter has to say. */
const OUR_OWN: Kinds = { trace: 'debug', plain: 'warn', error: 'error' }

const OUR_FORMAT = '%s %o'

/** Makes libp2p log, and all that logs through it, into the sink. */
export function componentLog(sink: LogSink): ComponentLogger {
  return { forComponent: (name) => scope(sink, name) }
}

function scope(sink: LogSink, name: string): Logger {
  const kinds = /^barter(:|$)/u.test(name) ? OUR_OWN : OF_LIBP2P
  const shows = sink.watcher(name)
  const writer = (level: LogLevel) => {
    return (format: unknown, ...values: unknown[]): void => {
      if (!shows(level)) return
      const { message, fields } = entryOf(format, values)
      sink.entry(level, name, message, fields)
    }
  }
  const log = Object.assign(writer(kinds.plain), {
    error: writer(kinds.error),
    trace: writer(kinds.trace),
    newScope: (below: string) => scope(sink, `${name}:${below}`)
  })
  return Object.defineProperty(log, 'enabled', { get: () => shows(kinds.plain) }) as Logger
}

function entryOf(format: unknown, values: readonly unknown[]): { message: string; fields: Record<string, unknown> } {
  const [text, fields] = values
  if (format === OUR_FORMAT && typeof text === 'string' && isObject(fields)) return { message: text, fields }
  return { message: fill(format, values), fields: {} }
}

/** A message with its values in their places. What has no place comes after it. */
function fill(format: unknown, values: readonly unknown[]): string {
  const rest = [...values]
  if (typeof format !== 'string') return [format, ...rest].map(show).join(' ')
  const filled = format.replace(/%([a-z%])/giu, (mark, kind: string) => {
    if (kind === '%') return '%'
    return rest.length === 0 ? mark : show(rest.shift())
  })
  return [filled, ...rest.map(show)].join(' ')
}

function show(value: unknown): string {
  if (value instanceof Error) return errorText(value)
  if (value instanceof Uint8Array) return Buffer.from(value.subarray(0, 64)).toString('hex')
  if (isObject(value) && value.toString === Object.prototype.toString) return json(value)
  return textOf(value)
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '[object]'
  }
}
