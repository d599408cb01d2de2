import type { Clock } from './ports.ts'

export interface TimedAbortOptions {
  readonly clock: Clock
  readonly ms: number
  /** The reason of the signal once the time is up. */
  readonly late: () => unknown
  /** Fires the signal early, with its own reason. */
  readonly signal?: AbortSignal | undefined
}

export interface TimedAbort {
  readonly signal: AbortSignal
  /** To be called once the work is done: nothing is left behind then, and neither the time nor the caller fires the signal. */
  end(): void
  /** As `end`, and fires the signal: what is still under way for the work is given up. */
  abort(): void
}

/** A signal that fires when the time is up, or when that of the caller does. */
export function timedAbort({ clock, ms, late, signal }: TimedAbortOptions): TimedAbort {
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  const timer = clock.setTimer(ms, () => controller.abort(late()))
  const end = (): void => {
    timer.cancel()
    signal?.removeEventListener('abort', onAbort)
  }
  const abort = (): void => {
    end()
    controller.abort()
  }
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted === true) onAbort()
  return { signal: controller.signal, end, abort }
}
