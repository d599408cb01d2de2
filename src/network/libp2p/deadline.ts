import type { Clock } from '../../ports.ts'
import { timedAbort } from '../../timed-abort.ts'
import { unlessAborted } from '../../unless-aborted.ts'

/** The time for an await ran out; `message` says which. */
export class DeadlineError extends Error {
  override readonly name = 'TimeoutError'
}

export interface Deadline {
  readonly clock: Clock
  readonly ms: number
  /** What is waited for, in the words of the error. */
  readonly what: string
  /** Ends the wait early, with its reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs `work` and settles with it, or rejects when the time is up or the signal fires, whichever comes first. The signal
 * given to `work` fires then too. A result that comes too late goes to `discard`, its failure is dropped.
 */
export async function withDeadline<T>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
  discard?: (late: T) => void
): Promise<T> {
  const { clock, ms, what, signal } = deadline
  signal?.throwIfAborted()
  const late = (): Error => new DeadlineError(`${what} took more than ${ms} ms`)
  const limit = timedAbort({ clock, ms, late, signal })
  const result = work(limit.signal)
  try {
    return await unlessAborted(result, limit.signal)
  } catch (error) {
    result.then((value) => discard?.(value)).catch(() => undefined)
    throw error
  } finally {
    limit.end()
  }
}
