import type { Clock, Timer } from '../ports.ts'
import { toMicros } from './link-shape.ts'
import { TELL_EVERY_MS } from './partial-arrival.ts'

/** The clock, as far as the network needs it. */
export interface MicroClock {
  readonly nowMicros: number
  at(atMicros: number, run: () => void): Timer
}

export function inMillis(clock: MicroClock): Pick<Clock, 'now' | 'setTimer'> {
  return {
    now: () => clock.nowMicros / 1_000,
    setTimer: (delayMs, run) => clock.at(clock.nowMicros + toMicros(delayMs), run)
  }
}

/** One message on its way out. */
export interface Outgoing {
  readonly bytes: number
  /** The last byte has left. */
  gone(): void
  /** So many bytes have left since `beganMicros`, and not the last one. At most four times a second. */
  partly?(bytes: number, beganMicros: number): void
}

/** What one message may send before it is another's turn. */
const SEGMENT_BYTES = 16 * 1024
const MICROS_PER_SECOND = 1_000_000
const TELL_EVERY_MICROS = toMicros(TELL_EVERY_MS)

interface Flow {
  readonly message: Outgoing
  left: number
  dropped: boolean
  /** When its first byte left, and when it was last told of. */
  beganAt: number
  toldAt: number
}

/**
 * One peer's way out, shared by all its connections: they take turns of a segment each, so that a block to one peer does
 * not hold up a word to another. A message that is alone is sent in one go, as far as it gets until it is told of, and cut
 * at the end of a segment when another comes. Time is whole microseconds; what is left of one is carried over.
 */
export class Uplink {
  readonly #clock: MicroClock
  readonly #bytesPerSecond: number | undefined
  readonly #burstMicros: number
  /** What a message that is alone sends before it is told of. */
  readonly #mostBytes: number
  /** Bounded: one for each connection, which sends one message at a time. */
  readonly #waiting: Flow[] = []
  #busy = false
  #busySince = 0
  #busyMicros = 0
  #told: ((isBusy: boolean) => void) | undefined
  #current: Flow | undefined
  #timer: Timer | undefined
  /** When the current segment began, and how many bytes of the message go without a break. */
  #startMicros = 0
  #planned = 0
  #freeAt = 0
  #rest = 0

  constructor(clock: MicroClock, bytesPerSecond?: number, burstBytes = 0) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond
    const byTime = ((bytesPerSecond ?? 0) * TELL_EVERY_MICROS) / MICROS_PER_SECOND
    this.#mostBytes = Math.max(1, Math.ceil(byTime / SEGMENT_BYTES)) * SEGMENT_BYTES
    this.#burstMicros = bytesPerSecond === undefined ? 0 : Math.floor((burstBytes * MICROS_PER_SECOND) / bytesPerSecond)
  }

  /** How long it has been sending, up to now. Always 0 without a limit: nothing takes any time then. */
  get busyMicros(): number {
    return this.#busyMicros + (this.#busy ? this.#clock.nowMicros - this.#busySince : 0)
  }

  /** Tells from now on when it begins to send, and when it has nothing left to send. One listener. */
  watch(told: (isBusy: boolean) => void): void {
    this.#told = told
  }

  /** Sends a message; it is told when it is gone. Returns how to take back the rest of it. */
  send(message: Outgoing): () => void {
    if (this.#bytesPerSecond === undefined) {
      // Not before whoever sends it has ended its turn: so it is with a real stream.
      this.#clock.at(this.#clock.nowMicros, () => message.gone())
      return ignore
    }
    const flow: Flow = { message, left: message.bytes, dropped: false, beganAt: -1, toldAt: 0 }
    this.#waiting.push(flow)
    if (!this.#busy) this.#next()
    else if (this.#current !== undefined) this.#cut()
    return () => this.#drop(flow)
  }

  #next(): void {
    this.#setBusy(true)
    for (let flow = this.#waiting.shift(); flow !== undefined; flow = this.#waiting.shift()) {
      if (flow.dropped) continue
      const now = this.#clock.nowMicros
      const earliest = now - this.#burstMicros
      if (this.#freeAt < earliest) {
        this.#freeAt = earliest
        this.#rest = 0
      }
      this.#current = flow
      this.#startMicros = this.#freeAt
      if (flow.beganAt < 0) flow.beganAt = flow.toldAt = this.#startMicros
      this.#planned = Math.min(flow.left, this.#waiting.length === 0 ? this.#mostBytes : SEGMENT_BYTES)
      if (this.#endOf(this.#planned) > now) {
        this.#timer = this.#clock.at(this.#endOf(this.#planned), this.#ended)
        return
      }
      this.#settle(flow)
    }
    this.#setBusy(false)
  }

  #setBusy(isBusy: boolean): void {
    if (isBusy === this.#busy) return
    const now = this.#clock.nowMicros
    if (isBusy) this.#busySince = now
    else this.#busyMicros += now - this.#busySince
    this.#busy = isBusy
    this.#told?.(isBusy)
  }

  /** Another message came, or this one was dropped: the present one makes way at the end of a segment. */
  #cut(): void {
    const rate = this.#bytesPerSecond ?? Infinity
    const passed = (Math.max(0, this.#clock.nowMicros - this.#startMicros) * rate) / MICROS_PER_SECOND
    const bytes = Math.max(1, Math.ceil(passed / SEGMENT_BYTES)) * SEGMENT_BYTES
    if (bytes >= this.#planned) return
    this.#planned = bytes
    this.#timer?.cancel()
    this.#timer = this.#clock.at(this.#endOf(bytes), this.#ended)
  }

  readonly #ended = (): void => {
    const flow = this.#current
    if (flow !== undefined) this.#settle(flow)
    this.#next()
  }

  #settle(flow: Flow): void {
    const rate = this.#bytesPerSecond ?? Infinity
    const whole = this.#planned * MICROS_PER_SECOND + this.#rest
    const end = this.#endOf(this.#planned)
    this.#rest = whole - (end - this.#startMicros) * rate
    this.#freeAt = end
    flow.left -= this.#planned
    this.#current = undefined
    if (flow.dropped) return
    if (flow.left === 0) {
      flow.message.gone()
      return
    }
    this.#waiting.push(flow)
    if (end - flow.toldAt < TELL_EVERY_MICROS) return
    flow.toldAt = end
    flow.message.partly?.(flow.message.bytes - flow.left, flow.beganAt)
  }

  #endOf(bytes: number): number {
    const rate = this.#bytesPerSecond ?? Infinity
    return this.#startMicros + Math.floor((bytes * MICROS_PER_SECOND + this.#rest) / rate)
  }

  #drop(flow: Flow): void {
    flow.dropped = true
    if (this.#current === flow) this.#cut()
  }
}

function ignore(): void {
  // Nobody waits for the rest of it.
}
