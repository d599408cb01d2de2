import { assert } from '../errors.ts'
import type { Clock, Timer } from '../ports.ts'
import { EventHeap, type TimedEvent } from './event-heap.ts'

interface ClockEvent extends TimedEvent {
  /** What to do; undefined once it was done or cancelled. */
  run: (() => void) | undefined
}

export interface VirtualClockOptions {
  /** What `epochMs` shows at the start. The default is 2020-01-01, so that a run does not depend on its day. */
  readonly epochMs?: number
  /** Events one `run` may take before it is called endless. */
  readonly maxEvents?: number
}

const DEFAULT_EPOCH_MS = 1_577_836_800_000
const DEFAULT_MAX_EVENTS = 50_000_000
/** Cancelled events are swept out when there are more of them than of live ones, and enough to be worth it. */
const SWEEP_AT = 1_024

/**
 * The `Clock` port in virtual time: nothing happens until somebody runs it, and a day passes as fast as its events can be
 * dealt with. Events run in the order of (time, sequence); between two of them every promise that can settle has settled,
 * as it would between two callbacks of a real event loop. Time is kept in whole microseconds, so it adds up exactly.
 */
export class VirtualClock implements Clock {
  /** Bounded: by the timers its users hold; cancelled ones are swept when they outnumber the live ones. */
  readonly #events = new EventHeap<ClockEvent>()
  readonly #epochMs: number
  readonly #maxEvents: number
  #nowMicros = 0
  #sequence = 0
  #cancelled = 0
  #running = false

  constructor(options: VirtualClockOptions = {}) {
    this.#epochMs = options.epochMs ?? DEFAULT_EPOCH_MS
    this.#maxEvents = options.maxEvents ?? DEFAULT_MAX_EVENTS
  }

  /** Timers and deferred calls that have not run yet. */
  get pending(): number {
    return this.#events.size - this.#cancelled
  }

  now(): number {
    return this.#nowMicros / 1_000
  }

  epochMs(): number {
    return this.#epochMs + Math.floor(this.#nowMicros / 1_000)
  }

  setTimer(delayMs: number, run: () => void): Timer {
    assert(Number.isFinite(delayMs), `a delay of ${delayMs} ms`)
    const atMicros = this.#nowMicros + Math.max(0, Math.round(delayMs * 1_000))
    const event: ClockEvent = { atMicros, sequence: this.#sequence++, run }
    this.#events.push(event)
    return { cancel: () => this.#cancel(event) }
  }

  /** Runs at the present moment, after everything that is already due at it and after pending promises. */
  defer(run: () => void): void {
    this.setTimer(0, run)
  }

  /** Resolves after `delayMs` of virtual time. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setTimer(delayMs, resolve))
  }

  /** Runs events until none is left. A world with a periodic timer never gets there: use `runUntil` or `until`. */
  async run(): Promise<void> {
    await this.#drive(Infinity, () => false)
  }

  /** Runs everything due up to the moment `atMs` of this clock, and stands there afterwards. */
  async runUntil(atMs: number): Promise<void> {
    const atMicros = Math.round(atMs * 1_000)
    await this.#drive(atMicros, () => false)
    this.#nowMicros = Math.max(this.#nowMicros, atMicros)
  }

  /** Lets `ms` pass. `advance(0)` runs what is due now. */
  async advance(ms: number): Promise<void> {
    await this.runUntil(this.now() + ms)
  }

  /**
   * Runs events until `promise` settles, and hands on its outcome. Throws when no event is left that could settle it, or,
   * with `limitMs`, when that much time has passed: what would be a hanging test elsewhere.
   */
  async until<Value>(promise: PromiseLike<Value>, limitMs = Infinity): Promise<Value> {
    const state = { settled: false }
    const settle = (): void => void (state.settled = true)
    promise.then(settle, settle)
    await this.#drive(this.#nowMicros + limitMs * 1_000, () => state.settled)
    if (state.settled) return await promise
    const why = this.pending === 0 ? 'nothing is left to happen' : `${limitMs} ms have passed`
    throw new Error(`still waiting at ${this.now()} ms: ${why}`)
  }

  #cancel(event: ClockEvent): void {
    if (event.run === undefined) return
    event.run = undefined
    this.#cancelled += 1
    if (this.#cancelled < SWEEP_AT || this.#cancelled * 2 < this.#events.size) return
    this.#events.keep((kept) => kept.run !== undefined)
    this.#cancelled = 0
  }

  async #drive(untilMicros: number, isDone: () => boolean): Promise<void> {
    assert(!this.#running, 'the virtual clock is already being run')
    this.#running = true
    try {
      await settlePromises()
      for (let events = 0; !isDone(); events++) {
        const run = this.#next(untilMicros)
        if (run === undefined) break
        if (events >= this.#maxEvents) throw new Error(`no end after ${events} events, at ${this.now()} ms`)
        run()
        await settlePromises()
      }
    } finally {
      this.#running = false
    }
  }

  /** Takes the next live event due by `untilMicros`, and moves the time to it. */
  #next(untilMicros: number): (() => void) | undefined {
    for (let event = this.#events.peek(); event !== undefined; event = this.#events.peek()) {
      if (event.run !== undefined && event.atMicros > untilMicros) return undefined
      this.#events.pop()
      if (event.run === undefined) {
        this.#cancelled -= 1
        continue
      }
      const run = event.run
      event.run = undefined
      this.#nowMicros = event.atMicros
      return run
    }
    return undefined
  }
}

/**
 * Waits until no promise can settle any more. The event loop empties the queue of microtasks, whatever its depth, before
 * it takes an immediate: one turn of it is enough, for code that does no real I/O.
 */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
