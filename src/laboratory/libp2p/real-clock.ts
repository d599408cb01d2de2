import { systemClock } from '../../node/system-clock.ts'
import type { Timer } from '../../ports.ts'
import type { MicroClock } from '../../simulation/uplink.ts'
import type { WorldClock } from '../world-like.ts'

/** A timer of the machine is a millisecond late, or more: what is due within half of one is run at the next turn instead. */
const AT_ONCE_MS = 0.5

/** The machine's clock, from the making of a world on. It does for links what the virtual clock does in virtual worlds. */
export class RealClock implements WorldClock, MicroClock {
  readonly #origin = systemClock.now()

  get nowMicros(): number {
    return Math.round(this.now() * 1_000)
  }

  now(): number {
    return systemClock.now() - this.#origin
  }

  epochMs(): number {
    return systemClock.epochMs()
  }

  setTimer(delayMs: number, run: () => void): Timer {
    return systemClock.setTimer(delayMs, run)
  }

  defer(run: () => void): void {
    systemClock.defer(run)
  }

  /** Runs at a moment in microseconds, or soon after; at the next turn of the event loop if that is past. */
  at(atMicros: number, run: () => void): Timer {
    const delayMs = atMicros / 1_000 - this.now()
    if (delayMs > AT_ONCE_MS) return this.setTimer(Math.round(delayMs), run)
    const handle = setImmediate(run)
    return { cancel: () => clearImmediate(handle) }
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setTimer(delayMs, resolve))
  }

  async until<Value>(promise: PromiseLike<Value>): Promise<Value> {
    return await promise
  }
}
