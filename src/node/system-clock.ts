import type { Clock, Timer } from '../ports.ts'
import { DeferQueue } from './libp2p/defer-queue.ts'

/** The longest that `setTimeout` can wait, 25 days, in milliseconds; of a longer time it waits nothing at all. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

const deferred = new DeferQueue((run) => void setImmediate(run))

/** The machine's own clock. Timers keep the process alive until they ran or were cancelled: a wait is never cut short. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer(delayMs: number, run: () => void): Timer {
    const handle = setTimeout(run, Math.min(delayMs, MAX_TIMEOUT_MS))
    return { cancel: () => clearTimeout(handle) }
  },
  defer(run: () => void): void {
    deferred.defer(run)
  }
}
