import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../ports.ts'
import { DeadlineError, withDeadline } from './deadline.ts'

export interface FinishOptions {
  readonly clock: Clock
  /** Time for what is still in the stream's buffer to leave. */
  readonly flushMs: number
  /** Time for the other end to close its side too. */
  readonly answerMs: number
  readonly signal?: AbortSignal
}

export function hasEnded(stream: Stream): boolean {
  return stream.status === 'closed' || stream.status === 'aborted' || stream.status === 'reset'
}

/**
 * Ends a stream politely: closes our side, waits for the other. A stream whose other end does not answer in time is
 * reset, since nothing else would ever free it. Never rejects.
 */
export async function finishStream(stream: Stream, options: FinishOptions): Promise<void> {
  const { clock, flushMs, answerMs, signal } = options
  try {
    await withDeadline({ clock, ms: flushMs, what: 'closing a stream', signal }, (s) => stream.close({ signal: s }))
    await withDeadline({ clock, ms: answerMs, what: 'the other side of a closing stream', signal }, (s) =>
      closed(stream, s)
    )
  } catch (error) {
    stream.abort(error instanceof Error ? error : new DeadlineError('the stream did not close'))
  }
}

function closed(stream: Stream, signal: AbortSignal): Promise<void> {
  if (hasEnded(stream)) return Promise.resolve()
  return new Promise((resolve) => {
    stream.addEventListener('close', () => resolve(), { once: true, signal })
  })
}
