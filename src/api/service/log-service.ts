/** What a peer does for its owner about its log. */
import type { AbortOptions, MaybePromise } from '../../ports.ts'

/**
 * The least important entries come first; a level shows its own and those after it. The last three are Kubo's: nothing here
 * is written at them, so they are three words for silence.
 */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal'] as const

export type LogLevel = (typeof LOG_LEVELS)[number]

/** The name under which the level of everything else is told and set, as in Kubo. */
export const DEFAULT_SUBSYSTEM = '(default)'

/** One entry, safe to be shown: no control characters, no secrets. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: LogLevel
  /** Such as `barter` or `libp2p:tcp`. */
  readonly subsystem: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface TailOptions extends AbortOptions {
  readonly level?: string | undefined
}

export interface LogService {
  /** Names that have logged, or have a level of their own, sorted. */
  subsystems(): MaybePromise<readonly string[]>
  /**
   * Levels by subsystem. Without a name only `(default)`; `all` or `*`: every one; another name: that one. A name stands for
   * those below it, too: `libp2p` for `libp2p:tcp`. Rejects with `InvalidParametersError` for a name that nobody has.
   */
  levels(subsystem?: string): MaybePromise<ReadonlyMap<string, LogLevel>>
  /**
   * Sets a level until the next start. `all`, `*`: of everything; `(default)`: of what has none of its own; a `level` of
   * `default` gives the default back. Rejects with `InvalidParametersError` for a level or name that is none.
   */
  setLevel(subsystem: string, level: string): MaybePromise<void>
  /**
   * Entries from now on, at their levels and at least at that of the reader, until the signal. A reader that is too slow
   * misses some. Rejects with `InvalidParametersError` for a level that is none.
   */
  tail(options?: TailOptions): AsyncIterable<LogEntry>
}
