import type { Clock, Timer } from '../ports.ts'

/** The machine's own clock. Timers keep the process alive until they ran or were cancelled: a wait is never cut short. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  setTimer(delayMs: number, run: () => void): Timer {
    const handle = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(handle) }
  },
  defer(run: () => void): void {
    setImmediate(run)
  }
}
