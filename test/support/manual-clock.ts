import type { Clock, Timer } from '../../src/ports.ts'

interface Alarm {
  readonly atMs: number
  readonly sequence: number
  readonly run: () => void
}

const EPOCH_MS = 1_577_836_800_000
/** Steps after which a world is called endless: something defers or sets timers for ever. */
const MAX_STEPS = 1_000_000

/**
 * A `Clock` that stands still until a test moves it by hand, and never awaits: for parts that can be driven
 * synchronously. `settle` is for tests in which promises play, too. The laboratory's clock is `VirtualClock`.
 */
export class ManualClock implements Clock {
  /** Bounded: by the timers of the part under test. */
  readonly #alarms = new Set<Alarm>()
  /** Bounded: by the deferred calls of the part under test. */
  #deferred: (() => void)[] = []
  #now = 0
  #sequence = 0

  /** Timers that have not run. */
  get timers(): number {
    return this.#alarms.size
  }

  /** Deferred calls that have not run. */
  get deferred(): number {
    return this.#deferred.length
  }

  now(): number {
    return this.#now
  }

  epochMs(): number {
    return EPOCH_MS + this.#now
  }

  setTimer(delayMs: number, run: () => void): Timer {
    const alarm = { atMs: this.#now + Math.max(0, delayMs), sequence: this.#sequence++, run }
    this.#alarms.add(alarm)
    return { cancel: () => void this.#alarms.delete(alarm) }
  }

  defer(run: () => void): void {
    this.#deferred.push(run)
  }

  /** Runs what was deferred, and what that defers. Time stands still. */
  flush(): void {
    for (let step = 0; this.#deferred.length > 0; step++) {
      checkStep(step)
      const due = this.#deferred
      this.#deferred = []
      for (const run of due) run()
    }
  }

  /** Lets `ms` pass: runs due timers in order, with what they defer. */
  advance(ms: number): void {
    this.flush()
    const until = this.#now + ms
    for (let step = 0; ; step++) {
      checkStep(step)
      const alarm = this.#earliest()
      if (alarm === undefined || alarm.atMs > until) break
      this.#ring(alarm)
    }
    this.#now = until
  }

  /** Runs deferred calls and timers, however late, until none is left. */
  runAll(): void {
    this.flush()
    for (let step = 0; ; step++) {
      checkStep(step)
      const alarm = this.#earliest()
      if (alarm === undefined) return
      this.#ring(alarm)
    }
  }

  /** Lets every promise settle that can, with the deferred calls in between. Time stands still. */
  async settle(): Promise<void> {
    for (let step = 0; ; step++) {
      checkStep(step)
      // All microtasks run before an immediate does, however deep they nest.
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#deferred.length === 0) return
      this.flush()
    }
  }

  /** Lets `ms` pass, settling promises before and after every timer. */
  async pass(ms: number): Promise<void> {
    await this.settle()
    const until = this.#now + ms
    for (let step = 0; ; step++) {
      checkStep(step)
      const alarm = this.#earliest()
      if (alarm === undefined || alarm.atMs > until) break
      this.#ring(alarm)
      await this.settle()
    }
    this.#now = until
  }

  #ring(alarm: Alarm): void {
    this.#alarms.delete(alarm)
    this.#now = Math.max(this.#now, alarm.atMs)
    alarm.run()
    this.flush()
  }

  #earliest(): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (first === undefined || alarm.atMs < first.atMs) first = alarm
    }
    return first
  }
}

function checkStep(step: number): void {
  if (step > MAX_STEPS) throw new Error(`no end after ${MAX_STEPS} steps: something starts itself again and again`)
}
