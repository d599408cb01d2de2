import * as z from 'zod'
import { LOG_LEVELS, type LogLevel } from '../../api/service/log-service.ts'
import { choice, ownSection, structured, text } from './keys.ts'

/** `Barter.Log`. */
export interface LogConfig {
  readonly level: LogLevel
  /** Of single subsystems, and those below them. */
  readonly levels: Readonly<Record<string, LogLevel>>
  readonly format: 'human' | 'json'
  /** A path; empty for standard error. */
  readonly file: string
}

const isLive = true
const LEVEL = `one of ${LOG_LEVELS.join(', ')}`

export const logSchema = ownSection({
  Level: choice('What is logged: entries of this level and above.', LOG_LEVELS, 'error', { isLive }),
  Levels: structured(
    'Levels of single subsystems; a name stands for those below it, too.',
    'an object such as {"libp2p:tcp": "debug"}',
    z.record(z.string(), z.enum(LOG_LEVELS, { error: LEVEL }), { error: 'an object of levels' }).default({}),
    { missing: {}, isLive }
  ),
  Format: choice('Lines for people, or a JSON object a line.', ['human', 'json'], 'human', { isLive }),
  File: text('Where the log goes, relative to the repo; empty: standard error.', '', { rule: 'standard error' })
}).prefault({})

export function toLog(values: z.output<typeof logSchema>): LogConfig {
  return { level: values.Level, levels: values.Levels, format: values.Format, file: values.File }
}
