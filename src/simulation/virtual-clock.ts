import { assert } from '../errors.ts'
import type { Clock, Timer } from '../ports.ts'
import { canDrain, drainPromises, nextTurn } from './drain.ts'
import { EventHeap, type TimedEvent } from './event-heap.ts'

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
/** Events in one turn of the real event loop: some milliseconds, for progress to be shown and signals to be heard. */
const EVENTS_PER_TURN = 4_096
/** The queue of what is due now is cut when so much of it was taken. */
const CUT_AT = 1_024

/**
 * The `Clock` port in virtual time: nothing happens until somebody runs it, and a day passes as fast as its events can be
 * dealt with. Events run in the order of (time, sequence); between two of them every promise that can settle has settled,
 * as it would between two callbacks of a real event loop. Time is kept in whole microseconds, so it adds up exactly.
 */
export class VirtualClock implements Clock {
  /** Later than now, or when it was added. Bounded: by the timers its users hold; cancelled ones are swept. */
  readonly #later = new EventHeap<ClockEvent>()
  /** Added at the present moment, for the same: after what the heap has for it. Bounded: as `#later`. */
  #due: ClockEvent[] = []
  #dueAt = 0
  readonly #epochMs: number
  readonly #maxEvents: number
  #nowMicros = 0
  #sequence = 0
  #pending = 0
  #running = false

  constructor(options: VirtualClockOptions = {}) {
    this.#epochMs = options.epochMs ?? DEFAULT_EPOCH_MS
    this.#maxEvents = options.maxEvents ?? DEFAULT_MAX_EVENTS
  }

  /** Timers and deferred calls that have not run yet. */
  get pending(): number {
    return this.#pending
  }

  /** Microseconds on the same clock as `now`, a whole number. */
  get nowMicros(): number {
    return this.#nowMicros
  }

  now(): number {
    return this.#nowMicros / 1_000
  }

  epochMs(): number {
    return this.#epochMs + Math.floor(this.#nowMicros / 1_000)
  }

  setTimer(delayMs: number, run: () => void): Timer {
    assert(Number.isFinite(delayMs), `a delay of ${delayMs} ms`)
    return this.at(this.#nowMicros + Math.max(0, Math.round(delayMs * 1_000)), run)
  }

  /** As `setTimer`, at a moment in whole microseconds; at once if that is past. */
  at(atMicros: number, run: () => void): Timer {
    const isLater = atMicros > this.#nowMicros
    const event = new ClockEvent(this.#cancelled, isLater ? atMicros : this.#nowMicros, this.#sequence++, run)
    this.#pending++
    if (isLater) this.#later.push(event)
    else this.#due.push(event)
    return event
  }

  /** Runs at the present moment, after everything that is already due at it and after pending promises. */
  defer(run: () => void): void {
    this.at(this.#nowMicros, run)
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
    if (await this.#settles(promise, this.#nowMicros + limitMs * 1_000)) return await promise
    const why = this.pending === 0 ? 'nothing is left to happen' : `${limitMs} ms have passed`
    throw new Error(`still waiting at ${this.now()} ms: ${why}`)
  }

  /** As `runUntil`, but no further than to where `promise` settles; tells whether it has. */
  async runUntilSettled(promise: PromiseLike<unknown>, atMs: number): Promise<boolean> {
    const atMicros = Math.round(atMs * 1_000)
    const isSettled = await this.#settles(promise, atMicros)
    if (!isSettled) this.#nowMicros = Math.max(this.#nowMicros, atMicros)
    return isSettled
  }

  async #settles(promise: PromiseLike<unknown>, untilMicros: number): Promise<boolean> {
    const state = { settled: false }
    const settle = (): void => void (state.settled = true)
    promise.then(settle, settle)
    await this.#drive(untilMicros, () => state.settled)
    return state.settled
  }

  readonly #cancelled = (): void => {
    this.#pending--
    const cancelled = this.#later.size - this.#pending
    if (cancelled >= SWEEP_AT && cancelled * 2 >= this.#later.size) this.#later.keep((event) => event.isLive)
  }

  async #drive(untilMicros: number, isDone: () => boolean): Promise<void> {
    assert(!this.#running, 'the virtual clock is already being run')
    this.#running = true
    try {
      await nextTurn()
      for (let left = this.#maxEvents; left !== 0;) left = await this.#turn(untilMicros, isDone, left)
    } finally {
      this.#running = false
    }
  }

  /** Runs some events in one turn of the event loop; returns how many more may be run, 0 when all is done. */
  #turn(untilMicros: number, isDone: () => boolean, maxEvents: number): Promise<number> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(this.#runSome(untilMicros, isDone, maxEvents))
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
  }

  #runSome(untilMicros: number, isDone: () => boolean, maxEvents: number): number {
    const most = canDrain() ? EVENTS_PER_TURN : 1
    for (let events = 0; events < most; events++) {
      const event = isDone() ? undefined : this.#next(untilMicros)
      if (event === undefined) return 0
      if (events >= maxEvents) throw new Error(`no end after ${this.#maxEvents} events, at ${this.now()} ms`)
      event.run()
      if (most > 1) drainPromises()
    }
    // One more than none, so that the last one is seen to be too many.
    return Math.max(maxEvents - most, 0.5)
  }

  /** Takes the next live event due by `untilMicros`, and moves the time to it. */
  #next(untilMicros: number): ClockEvent | undefined {
    for (;;) {
      const later = this.#later.peek()
      const isFromHeap = later !== undefined && (later.atMicros <= this.#nowMicros || this.#dueAt === this.#due.length)
      const event = isFromHeap ? later : this.#due[this.#dueAt]
      if (event === undefined || (event.isLive && event.atMicros > untilMicros)) return undefined
      if (isFromHeap) this.#later.pop()
      else this.#takeDue()
      if (!event.isLive) continue
      this.#pending--
      if (event.atMicros > this.#nowMicros) this.#nowMicros = event.atMicros
      return event
    }
  }

  #takeDue(): void {
    this.#dueAt++
    if (this.#dueAt < this.#due.length && this.#dueAt < CUT_AT) return
    this.#due = this.#due.slice(this.#dueAt)
    this.#dueAt = 0
  }
}

class ClockEvent implements TimedEvent, Timer {
  readonly atMicros: number
  readonly sequence: number
  readonly #cancelled: () => void
  /** Undefined once it ran or was cancelled. */
  #run: (() => void) | undefined

  constructor(cancelled: () => void, atMicros: number, sequence: number, run: () => void) {
    this.#cancelled = cancelled
    this.atMicros = atMicros
    this.sequence = sequence
    this.#run = run
  }

  get isLive(): boolean {
    return this.#run !== undefined
  }

  run(): void {
    const run = this.#run
    this.#run = undefined
    run?.()
  }

  cancel(): void {
    if (this.#run === undefined) return
    this.#run = undefined
    this.#cancelled()
  }
}
