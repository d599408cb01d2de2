import { SendFailedError } from '../errors.ts'
import type { Message } from '../message/message.ts'
import type { Clock, MaybePromise, PartialMessage, Timer } from '../ports.ts'
import { tellOfParts } from './partial-arrival.ts'
import type { Carried } from './wire.ts'

/** One way of a connection: how long a byte is on its way, how many start in a second, how many wait to be read. */
export interface LinkShape {
  readonly latencyMs: number
  /** No limit when undefined. */
  readonly bytesPerSecond?: number
  /** Bytes on their way or unread before the sender has to wait: buffers of both ends and the flow-control window. */
  readonly windowBytes: number
}

/** What all connections of one peer share when they send. Messages take it whole, in the order they ask for it. */
export interface Uplink {
  readonly bytesPerSecond: number | undefined
  busyUntilMs: number
}

/** What the far end does with what arrives. */
export interface PipeReceiver {
  received(message: Message): MaybePromise<void>
  /** Of a message that is long on its way, a part is here. */
  receiving(part: PartialMessage): void
}

interface Parcel extends Carried {
  resolve(bytes: number): void
  reject(reason: unknown): void
  /** It left the sender, but the receiver will never see it. */
  lost: boolean
  /** Tells of its parts until all of it has arrived. */
  parts: Timer | undefined
}

/**
 * Carries messages one way, in order. A message starts when the one before has left and fewer than `windowBytes` are under
 * way or unread; it leaves at the pace of link and uplink, arrives after the latency, and is unread until the receiver's
 * promise has settled. `send` resolves when its message has left and another could start.
 */
export class Pipe {
  readonly #clock: Clock
  readonly #uplink: Uplink
  readonly #receiver: PipeReceiver
  #shape: LinkShape
  /** Bounded: by the sends that the sender has pending; the outbox of a peer makes one at a time. */
  #waiting: Parcel[] = []
  /** Bounded: by the window; messages that left while there was no room for another, and whose `send` is pending. */
  #unsettled: Parcel[] = []
  /** Bounded: by the window; messages that left and have not arrived. */
  readonly #underWay = new Set<Parcel>()
  /** Bounded: by the window; messages that arrived while the receiver was not reading. */
  #inbox: Parcel[] = []
  /** Bounded: by the window; messages handed to the receiver, which it has not dealt with. */
  readonly #unread = new Set<Parcel>()
  #leaving: Parcel | undefined
  #bytes = 0
  #lastArrivalMs = 0
  #stalled = false
  #toDrop = 0
  #closed = false

  constructor(clock: Clock, shape: LinkShape, uplink: Uplink, receiver: PipeReceiver) {
    this.#clock = clock
    this.#shape = shape
    this.#uplink = uplink
    this.#receiver = receiver
  }

  /** Bytes that left or are leaving and have not been read. */
  get bytesUnderWay(): number {
    return this.#bytes
  }

  /** Holds for the messages that have not left yet. */
  reshape(shape: LinkShape): void {
    this.#shape = shape
    this.#pump()
  }

  async send(carried: Carried, signal?: AbortSignal): Promise<number> {
    if (this.#closed) throw new SendFailedError('the connection is closed')
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const parcel: Parcel = { ...carried, lost: false, parts: undefined, resolve, reject }
    const onAbort = (): void => this.#abandon(parcel, signal)
    signal?.addEventListener('abort', onAbort)
    this.#waiting.push(parcel)
    this.#pump()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
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
    if (this.#stalled || this.#closed) return
    this.#settle()
    if (this.#leaving !== undefined || this.#bytes >= this.#shape.windowBytes) return
    const parcel = this.#waiting.shift()
    if (parcel === undefined) return
    this.#leaving = parcel
    this.#bytes += parcel.bytes
    const { leavesAt, takesMs } = this.#reserve(parcel.bytes)
    const journey = { bytes: parcel.bytes, leavesAt, takesMs, latencyMs: this.#shape.latencyMs }
    parcel.parts = tellOfParts(this.#clock, journey, (part) => {
      if (!this.#stalled) this.#receiver.receiving(part)
    })
    this.#clock.setTimer(leavesAt - this.#clock.now() + takesMs, () => this.#left(parcel))
  }

  /** Takes link and uplink for `bytes`; returns when the first of them leaves, and how long that takes for all. */
  #reserve(bytes: number): { readonly leavesAt: number; readonly takesMs: number } {
    const now = this.#clock.now()
    const rate = this.#uplink.bytesPerSecond
    const leavesAt = rate === undefined ? now : Math.max(now, this.#uplink.busyUntilMs)
    if (rate !== undefined) this.#uplink.busyUntilMs = leavesAt + (bytes * 1_000) / rate
    const slowest = Math.min(rate ?? Infinity, this.#shape.bytesPerSecond ?? Infinity)
    return { leavesAt, takesMs: (bytes * 1_000) / slowest }
  }

  #left(parcel: Parcel): void {
    if (this.#leaving !== parcel) return
    this.#leaving = undefined
    if (this.#toDrop > 0) {
      this.#toDrop -= 1
      this.#bytes -= parcel.bytes
      lose(parcel)
    } else {
      const now = this.#clock.now()
      this.#lastArrivalMs = Math.max(now + this.#shape.latencyMs, this.#lastArrivalMs)
      this.#underWay.add(parcel)
      this.#clock.setTimer(this.#lastArrivalMs - now, () => this.#arrived(parcel))
    }
    this.#unsettled.push(parcel)
    this.#pump()
  }

  #arrived(parcel: Parcel): void {
    if (parcel.lost) return
    this.#underWay.delete(parcel)
    this.#inbox.push(parcel)
    this.#read()
  }

  #read(): void {
    while (!this.#stalled) {
      const parcel = this.#inbox.shift()
      if (parcel === undefined) return
      this.#unread.add(parcel)
      void this.#handOver(parcel)
    }
  }

  async #handOver(parcel: Parcel): Promise<void> {
    try {
      await this.#receiver.received(parcel.message)
    } catch (error) {
      // A receiver must not fail; whoever runs the clock gets to see it.
      this.#clock.defer(() => {
        throw error
      })
    }
    this.#unread.delete(parcel)
    if (!parcel.lost) this.#bytes -= parcel.bytes
    this.#pump()
  }

  #settle(): void {
    if (this.#bytes >= this.#shape.windowBytes) return
    for (const parcel of this.#unsettled.splice(0)) parcel.resolve(parcel.bytes)
  }

  #abandon(parcel: Parcel, signal: AbortSignal | undefined): void {
    this.#waiting = this.#waiting.filter((other) => other !== parcel)
    parcel.reject(signal?.reason)
  }

  #loseUnread(): void {
    for (const parcel of [...this.#underWay, ...this.#inbox, ...this.#unread]) lose(parcel)
    this.#underWay.clear()
    this.#unread.clear()
    this.#inbox = []
    this.#bytes = 0
  }

  #failPending(why: string): void {
    const leaving = this.#leaving === undefined ? [] : [this.#leaving]
    for (const parcel of leaving) lose(parcel)
    this.#leaving = undefined
    const failed = [...this.#unsettled.splice(0), ...leaving, ...this.#waiting.splice(0)]
    for (const parcel of failed) parcel.reject(new SendFailedError(why))
  }
}

function lose(parcel: Parcel): void {
  parcel.lost = true
  parcel.parts?.cancel()
}
