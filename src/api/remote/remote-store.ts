import type { ApiCaller } from './api-caller.ts'
import { ApiError } from '../api-error.ts'
import type { CollectRun } from '../../content/collector.ts'
import type * as Content from '../service/content-service.ts'
import { isOutcome } from '../service/verify-summary.ts'
import { fields, number, optional, text, type Fields } from './wire.ts'

type Calls = Pick<ApiCaller, 'json' | 'lines'>
type Signal = { readonly signal?: AbortSignal | undefined }

/** The blocks of a peer in another process. */
export class RemoteStore implements Content.StoreService {
  readonly #calls: Calls

  constructor(calls: Calls) {
    this.#calls = calls
  }

  /** The last thing told before the end is why it ended. */
  async *collect(options: Signal = {}): AsyncGenerator<Content.CollectedEvent> {
    let told: string | undefined
    try {
      for await (const line of this.#calls.lines('repo/gc', { 'stream-errors': true }, options)) {
        if (told !== undefined) yield { type: 'failed', error: told }
        told = typeof line.Error === 'string' && line.Error !== '' ? line.Error : undefined
        if (line.Untold !== undefined) yield { type: 'untold', removed: number(line, 'Untold') }
        else if (told === undefined) yield { type: 'removed', cid: text(fields(line.Key, 'Key'), '/') }
      }
    } catch (error) {
      if (told === undefined || !(error instanceof ApiError)) throw error
      throw new ApiError('command', told, { cause: error })
    }
    if (told !== undefined) yield { type: 'failed', error: told }
  }

  async gcStatus(): Promise<Content.GcStatus> {
    const answer = await this.#calls.json('repo/gc/stat', {})
    const automatic = fields(answer.Automatic, 'Automatic')
    const state = text(answer, 'State')
    return {
      state: state === 'marking' || state === 'sweeping' ? state : 'idle',
      current: optional(answer, 'Current', toRun),
      last: optional(answer, 'Last', toRun),
      automatic: {
        enabled: automatic.Enabled === true,
        limitBytes: optional(automatic, 'LimitBytes', number),
        storedBytes: optional(automatic, 'StoredBytes', number),
        periodMs: number(automatic, 'PeriodMs')
      }
    }
  }

  async *verify(options: Content.VerifyOptions = {}): AsyncGenerator<Content.VerifyEvent> {
    const { drop, heal, healTimeoutMs } = options
    const query = { drop, heal, 'heal-timeout': healTimeoutMs === undefined ? undefined : `${healTimeoutMs}ms` }
    let isDone = false
    try {
      for await (const line of this.#calls.lines('repo/verify', query, options)) {
        isDone = line.Done === true
        if (!isDone) yield toVerifyEvent(line)
      }
    } catch (error) {
      // The sum of what was told one by one.
      if (!isDone || !(error instanceof ApiError)) throw error
    }
  }

  async *blocks(options: Signal = {}): AsyncGenerator<string> {
    for await (const line of this.#calls.lines('repo/ls', {}, options)) yield text(line, 'Ref')
  }
}

function toVerifyEvent(line: Fields): Content.VerifyEvent {
  if (line.Cid === undefined) return { type: 'progress', blocks: number(line, 'Progress') }
  const outcome = text(line, 'Outcome')
  if (!isOutcome(outcome)) throw new ApiError('command', `the answer of the daemon has another Outcome: "${outcome}"`)
  const quarantine = optional(line, 'Quarantine', text)
  return { type: 'damaged', cid: text(line, 'Cid'), outcome, reason: text(line, 'Reason'), quarantine }
}

function toRun(answer: Fields, name: string): CollectRun {
  const run = fields(answer[name], name)
  const error = text(run, 'Error')
  return {
    startedAt: number(run, 'StartedAt'),
    durationMs: number(run, 'DurationMs'),
    marked: number(run, 'Marked'),
    removed: number(run, 'Removed'),
    bytesFreed: number(run, 'BytesFreed'),
    error: error === '' ? undefined : error
  }
}
