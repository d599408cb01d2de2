import { SendFailedError } from '../errors.ts'
import type { PartialMessage, Random } from '../ports.ts'
import { Line } from './lane.ts'
import { toMicros, type LinkShape } from './link-shape.ts'
import { ParcelChain } from './parcel-chain.ts'
import { Parcel } from './parcel.ts'
import { TELL_EVERY_MS, tellOfParts } from './partial-arrival.ts'
import type { PipeParts } from './pipe-parts.ts'
import { SlowStart } from './slow-start.ts'
import { inMillis } from './uplink.ts'
import type { Carried } from './wire.ts'

/**
 * Carries messages one way, in order. A message starts when the one before has left and fewer than `windowBytes` are under
 * way or unread; it leaves at the pace of uplink and link, arrives after the latency, passes the receiver's downlink and
 * core, and is unread until the receiver's promise has settled. `send` resolves when its message has left and another could
 * start.
 */
export class Pipe {
  readonly #parts: PipeParts
  #shape: LinkShape
  #line: Line | undefined
  #slowStart: SlowStart | undefined
  #random: Random | undefined
  /** Bounded: by the sends that the sender has pending; the outbox of a peer makes one at a time. */
  readonly #waiting = new ParcelChain()
  /** Messages that left and have not arrived, in order. Bounded: by the window. */
  readonly #underWay = new ParcelChain()
  /** Bounded: by the window; messages that arrived and wait for the receiver to read, or for its downlink or core. */
  readonly #inbox = new ParcelChain()
  #leaving: Parcel | undefined
  /** It left while there was no room for another: its `send` is pending. */
  #unsettled: Parcel | undefined
  /** Counts broken streams: what was sent on an earlier one never arrives. */
  #stream = 0
  #isFresh = true
  #bytes = 0
  #lastArrival = 0
  #stalled = false
  #toDrop = 0
  #closed = false

  constructor(parts: PipeParts, shape: LinkShape) {
    this.#parts = parts
    this.#shape = shape
    this.reshape(shape)
  }

  /** Bytes that left or are leaving and have not been read. */
  get bytesUnderWay(): number {
    return this.#bytes
  }

  /** Holds for the messages that have not left yet. */
  reshape(shape: LinkShape): void {
    const { bytesPerSecond } = shape
    if (bytesPerSecond === undefined) this.#line = undefined
    else if (this.#line === undefined || bytesPerSecond !== this.#shape.bytesPerSecond) {
      this.#line = new Line(bytesPerSecond)
    }
    this.#shape = shape
    this.#pump()
  }

  send(carried: Carried, signal?: AbortSignal): Promise<number> {
    if (this.#closed) return Promise.reject(new SendFailedError('the connection is closed'))
    if (signal?.aborted === true) return Promise.reject(asError(signal.reason))
    const parcel = new Parcel(carried, this.#stream, this)
    this.#waiting.push(parcel)
    this.#pump()
    const { promise } = parcel
    return signal === undefined ? promise : this.#unlessAborted(parcel, promise, signal)
  }

  /** The receiver stops reading: what arrives stays unread, and no `send` resolves. */
  stall(): void {
    this.#stalled = true
  }

  resume(): void {
    this.#stalled = false
    this.#read()
    this.#pump()
  }

  /** The next `count` messages that start are lost without anybody noticing. */
  dropNext(count: number): void {
    this.#toDrop += count
  }

  /** The stream broke: what is unread never arrives, and pending sends fail. The next one starts on a fresh stream. */
  breakStream(): void {
    this.#loseUnread()
    this.#failPending('the stream broke')
  }

  /** Nothing is sent any more; what has left still arrives. */
  closeSender(): void {
    this.#closed = true
    this.#failPending('the connection was closed')
  }

  /** Nothing is sent, nothing arrives. */
  close(): void {
    this.#loseUnread()
    this.closeSender()
  }

  #pump(): void {
    while (!this.#stalled && !this.#closed) {
      if (this.#bytes < this.#shape.windowBytes) this.#settle()
      if (this.#leaving !== undefined || this.#bytes >= this.#shape.windowBytes) return
      const parcel = this.#waiting.shift()
      if (parcel === undefined) return
      this.#leaving = parcel
      this.#bytes += parcel.bytes
      this.#start(parcel)
    }
  }

  #start(parcel: Parcel): void {
    const now = this.#parts.clock.nowMicros
    const { core, uplink } = this.#parts.from
    parcel.startedAt = now
    parcel.notBefore = Math.max(now + this.#waitMicros(now, parcel.bytes), core?.work(now, parcel.bytes) ?? 0)
    this.#isFresh = false
    parcel.takeBack = uplink.send(parcel)
  }

  /** What the protocols below need before the last byte can leave. */
  #waitMicros(now: number, bytes: number): number {
    const { setupRoundTrips = 0, slowStart = false, latencyMs, windowBytes, lossRate = 0 } = this.#shape
    if (!slowStart && !this.#isFresh) return 0
    const { from, to } = this.#parts
    const roundTrip = 2 * toMicros(latencyMs) + from.egressMicros + to.egressMicros
    const setup = this.#isFresh ? Math.round(setupRoundTrips * roundTrip) : 0
    if (!slowStart) return setup
    this.#slowStart ??= new SlowStart(windowBytes, lossRate, this.#draw())
    return setup + this.#slowStart.wait(now + setup, bytes, roundTrip)
  }

  /** The uplink let it go; now the link, and whatever else it has to wait for. */
  passed(parcel: Parcel): void {
    if (this.#leaving !== parcel) return
    const { clock } = this.#parts
    const linkDone = this.#line?.pass(parcel.startedAt, parcel.bytes) ?? 0
    const leavesAt = Math.max(parcel.notBefore, linkDone)
    if (leavesAt - parcel.startedAt > toMicros(TELL_EVERY_MS)) this.#tellOfParts(parcel, leavesAt)
    if (leavesAt > clock.nowMicros) clock.at(leavesAt, () => this.#left(parcel))
    else this.#left(parcel)
  }

  /** While it waits for the rest, the receiver hears of what the uplink and the link have let through. */
  partly(parcel: Parcel, bytes: number, beganMicros: number): void {
    const { clock, from } = this.#parts
    if (this.#leaving !== parcel || this.#toDrop > 0) return
    const { latencyMs, bytesPerSecond = Infinity } = this.#shape
    const ms = (clock.nowMicros - beganMicros) / 1_000
    const part = { bytes: Math.min(bytes, Math.floor((bytesPerSecond * ms) / 1_000)), totalBytes: parcel.bytes, ms }
    clock.at(clock.nowMicros + toMicros(latencyMs) + from.egressMicros, () => this.#tell(parcel, part))
  }

  #tell(parcel: Parcel, part: PartialMessage): void {
    const { from, to } = this.#parts
    if (!parcel.hasArrived && !this.#stalled && parcel.stream === this.#stream) to.receiving(from.peer, part)
  }

  #tellOfParts(parcel: Parcel, leavesAt: number): void {
    const [beganMs, takesMs] = [parcel.startedAt / 1_000, (leavesAt - parcel.startedAt) / 1_000]
    const journey = { bytes: parcel.bytes, leavesAt: beganMs, takesMs, latencyMs: this.#shape.latencyMs }
    parcel.parts = tellOfParts(inMillis(this.#parts.clock), journey, (part) => this.#tell(parcel, part))
  }

  #left(parcel: Parcel): void {
    if (this.#leaving !== parcel) return
    this.#leaving = undefined
    if (this.#toDrop > 0) {
      this.#toDrop -= 1
      this.#bytes -= parcel.bytes
      parcel.parts?.cancel()
    } else {
      const { clock } = this.#parts
      parcel.latency = this.#latencyMicros()
      this.#lastArrival = Math.max(clock.nowMicros + parcel.latency, this.#lastArrival)
      this.#underWay.push(parcel)
      clock.at(this.#lastArrival, () => this.#arrived())
    }
    this.#unsettled = parcel
    this.#pump()
  }

  #latencyMicros(): number {
    const { latencyMs, jitterPct = 0 } = this.#shape
    const micros = toMicros(latencyMs) + this.#parts.from.egressMicros
    if (jitterPct === 0) return micros
    return Math.round(micros * (1 + (jitterPct / 100) * (2 * this.#draw().next() - 1)))
  }

  #arrived(): void {
    const parcel = this.#underWay.shift()
    if (parcel === undefined || parcel.stream !== this.#stream) return
    parcel.hasArrived = true
    this.#inbox.push(parcel)
    const { clock, to } = this.#parts
    const now = clock.nowMicros
    // What came in while the rest of it was still being sent has passed the downlink by now.
    const firstByteAt = Math.min(now, parcel.startedAt + parcel.latency)
    const passedAt = to.downlink === undefined ? now : Math.max(now, to.downlink.pass(firstByteAt, parcel.bytes))
    const readyAt = to.core?.work(passedAt, parcel.bytes) ?? passedAt
    if (readyAt > now) clock.at(readyAt, () => this.#ready(parcel))
    else this.#ready(parcel)
  }

  #ready(parcel: Parcel): void {
    parcel.isReady = true
    this.#read()
  }

  #read(): void {
    while (!this.#stalled && this.#inbox.first?.isReady === true) {
      const parcel = this.#inbox.shift()
      if (parcel !== undefined) this.#handOver(parcel)
    }
  }

  #handOver(parcel: Parcel): void {
    const { from, to } = this.#parts
    try {
      const dealing = to.received(from.peer, parcel.message)
      if (dealing instanceof Promise) this.#await(dealing, parcel)
      else this.#dealtWith(parcel)
    } catch (error) {
      this.#failed(error)
      this.#dealtWith(parcel)
    }
  }

  #await(dealing: Promise<void>, parcel: Parcel): void {
    const failed = (error: unknown): void => this.#failed(error)
    dealing.catch(failed).then(() => this.#dealtWith(parcel), failed)
  }

  /** A receiver must not fail; whoever runs the clock gets to see it. */
  #failed(error: unknown): void {
    const { clock } = this.#parts
    clock.at(clock.nowMicros, () => {
      throw error
    })
  }

  #dealtWith(parcel: Parcel): void {
    if (parcel.stream === this.#stream) this.#bytes -= parcel.bytes
    this.#pump()
  }

  #settle(): void {
    const parcel = this.#unsettled
    this.#unsettled = undefined
    parcel?.resolve(parcel.bytes)
  }

  async #unlessAborted(parcel: Parcel, sent: Promise<number>, signal: AbortSignal): Promise<number> {
    const onAbort = (): void => {
      this.#waiting.drop((other) => other !== parcel)
      parcel.reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort)
    try {
      return await sent
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  #loseUnread(): void {
    this.#stream++
    this.#inbox.drop()
    this.#bytes = 0
    this.#isFresh = true
    this.#slowStart = undefined
  }

  #failPending(why: string): void {
    const pending = [this.#unsettled, this.#leaving, ...this.#waiting.drop()]
    this.#leaving?.takeBack()
    this.#leaving?.parts?.cancel()
    this.#unsettled = undefined
    this.#leaving = undefined
    for (const parcel of pending) parcel?.reject(new SendFailedError(why))
  }

  #draw(): Random {
    const { draw, from, to } = this.#parts
    return (this.#random ??= draw(from.peer, to.peer))
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
