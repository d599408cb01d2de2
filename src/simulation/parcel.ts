import type { Message } from '../message/message.ts'
import type { Timer } from '../ports.ts'
import type { Outgoing } from './uplink.ts'
import type { Carried } from './wire.ts'

/** Where a parcel goes when the uplink has let it go. */
export interface ParcelOwner {
  passed(parcel: Parcel): void
  /** The uplink let so many bytes of it go, since `beganMicros`. */
  partly(parcel: Parcel, bytes: number, beganMicros: number): void
}

/** One message in a pipe. */
export class Parcel implements Outgoing {
  readonly message: Message
  readonly bytes: number
  /** On which of the streams of its pipe, one after the other, it was sent. */
  readonly stream: number
  readonly promise: Promise<number>
  /** Of the clock, in microseconds, as what follows. */
  startedAt = 0
  notBefore = 0
  latency = 0
  /** The one behind it. */
  next: Parcel | undefined
  /** All of it is at the receiver. */
  hasArrived = false
  /** It has passed the receiver's downlink and core. */
  isReady = false
  /** Tells of its parts until all of it has arrived. */
  parts: Timer | undefined
  /** Keeps the uplink from sending the rest of it. */
  takeBack: () => void = ignore
  resolve: (bytes: number) => void = ignore
  reject: (reason: unknown) => void = ignore
  readonly #pipe: ParcelOwner

  constructor({ message, bytes }: Carried, stream: number, pipe: ParcelOwner) {
    this.#pipe = pipe
    this.message = message
    this.bytes = bytes
    this.stream = stream
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  gone(): void {
    this.#pipe.passed(this)
  }

  partly(bytes: number, beganMicros: number): void {
    this.#pipe.partly(this, bytes, beganMicros)
  }
}

function ignore(): void {
  // Replaced before it is needed.
}
