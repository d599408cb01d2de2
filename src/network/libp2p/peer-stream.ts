import type { Stream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { SendFailedError } from '../../errors.ts'
import { encodeFrameParts } from '../../message/encode-parts.ts'
import type { Message } from '../../message/message.ts'
import type { Clock, Timer } from '../../ports.ts'
import { withDeadline } from './deadline.ts'
import { finishStream } from './finish-stream.ts'
import { HeadwayMark } from './headway.ts'
import type { Libp2pNetworkOptions } from './network-options.ts'
import { Parcel } from './parcel.ts'
import { wireVersionOf } from './protocols.ts'

export interface PeerStreamParts {
  /** The peer's name, for errors. */
  readonly peer: string
  readonly clock: Clock
  readonly options: Libp2pNetworkOptions
  /** Opens a stream to the peer and agrees on one of bitswap's protocols. */
  open(signal: AbortSignal): Promise<Stream>
  /** A stream broke after messages had left on it. */
  lost(): void
  /** The peer takes so little that there is no use in sending it more. */
  stuck(reason: string): void
}

/** How long the end of the whole network waits for a peer to close its side of a stream. */
const LAST_ANSWER_MS = 1_000

/**
 * The one outgoing stream to a peer. Opened by the first message, kept for the next ones, closed when it was quiet for a
 * while. Messages leave in the order of `send`.
 *
 * A message counts as sent when the transport took its last byte. Until then the peer cannot have read it, so when a
 * stream that worked breaks, what has not been sent goes out once more on a fresh one, without doubling anything.
 */
export class PeerStream {
  readonly #parts: PeerStreamParts
  /** Bounded: `maxQueuedMessages` and `maxQueuedBytes`, together with `#unsent`. */
  readonly #queue: Parcel[] = []
  /** Bounded: messages handed to the stream and not yet taken by the transport, at most `writeAheadBytes` and one. */
  readonly #unsent: Parcel[] = []
  readonly #ended = new AbortController()
  #queuedBytes = 0
  #state: 'idle' | 'opening' | 'open' | 'closed' = 'idle'
  #stream: Stream | undefined
  /** The encoded message being handed over (its parcel is the last of `#unsent`) and how far that got. */
  #frame: Uint8ArrayList | undefined
  #offset = 0
  /** Bytes handed to this stream, and messages sent on it. */
  #handed = 0
  #carried = 0
  /** In what the peer took of this stream. */
  readonly #mark = new HeadwayMark()
  #timer: Timer | undefined
  #timerDueMs = 0

  constructor(parts: PeerStreamParts) {
    this.#parts = parts
  }

  /** Resolves with the bytes on the wire; rejects with `SendFailedError`, or the signal's reason. */
  send(message: Message, signal?: AbortSignal): Promise<number> {
    const { options } = this.#parts
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      if (this.#state === 'closed') throw this.#failure('it is no longer connected')
      const parcel = new Parcel(message, resolve, reject)
      const waiting = this.#queue.length + this.#unsent.length
      if (waiting >= options.maxQueuedMessages || this.#queuedBytes + parcel.weight > options.maxQueuedBytes) {
        throw this.#failure(`${waiting} messages of ${this.#queuedBytes} bytes already wait for it`)
      }
      parcel.watch(signal, () => this.#withdraw(parcel))
      this.#queuedBytes += parcel.weight
      this.#queue.push(parcel)
      this.#pump()
    })
  }

  /** Takes over a stream that was opened elsewhere, if there is none yet. */
  offer(stream: Stream): void {
    if (this.#state !== 'idle') {
      void this.#finish(stream, this.#parts.options.closeTimeoutMs)
      return
    }
    this.#adopt(stream)
    this.#pump()
  }

  /** Ends the stream properly: what it was given leaves, and counts as sent; what still waits is refused. */
  async close(): Promise<void> {
    const stream = this.#stream
    this.#state = 'closed'
    for (const parcel of this.#queue.splice(0)) this.#drop(parcel, this.#failure('the network is closing'))
    // A message that was begun is completed: half of one looks like a fault to the peer.
    if (stream !== undefined && this.#frame !== undefined) this.#hand(stream, this.#frame, this.#frame.byteLength)
    if (stream !== undefined) await this.#finish(stream, LAST_ANSWER_MS)
    this.abandon('the network was closed')
  }

  /** The peer is gone: refuses what has not left. */
  abandon(why = 'it disconnected'): void {
    this.#state = 'closed'
    const stream = this.#release()
    this.#ended.abort()
    this.#rejectAll(why)
    stream?.abort(this.#failure(why))
  }

  /** Hands messages to the stream until enough bytes wait in it, then sees which ones have left. */
  #pump(): void {
    if (this.#state === 'idle' && this.#queue.length > 0) {
      this.#open()
      return
    }
    const stream = this.#stream
    if (stream === undefined) return
    const { writeAheadBytes, writeBytes } = this.#parts.options
    while (!stream.writableNeedsDrain || stream.writeBufferLength < writeAheadBytes) {
      this.#frame ??= this.#next(stream)
      if (this.#frame === undefined) break
      this.#hand(stream, this.#frame, writeBytes)
      if (this.#stream !== stream) return
    }
    this.#settle(stream)
    this.#watch()
  }

  #hand(stream: Stream, frame: Uint8ArrayList, maxBytes: number): void {
    const piece = frame.sublist(this.#offset, Math.min(frame.byteLength, this.#offset + maxBytes))
    this.#offset += piece.byteLength
    this.#handed += piece.byteLength
    if (this.#offset === frame.byteLength) this.#frame = undefined
    try {
      stream.send(piece)
    } catch (error) {
      this.#broken(stream, error)
    }
  }

  /** Encodes the next message, or undefined when none waits. */
  #next(stream: Stream): Uint8ArrayList | undefined {
    for (let parcel = this.#queue.shift(); parcel !== undefined; parcel = this.#queue.shift()) {
      try {
        const version = wireVersionOf(stream.protocol) ?? '1.2.0'
        const frame = new Uint8ArrayList(...encodeFrameParts(parcel.message, version))
        if (this.#unsent.length === 0) this.#mark.set(this.#handed, this.#parts.clock.now())
        this.#offset = 0
        parcel.bytes = frame.byteLength
        parcel.end = this.#handed + frame.byteLength
        this.#unsent.push(parcel)
        return frame
      } catch (error) {
        // Too long for the wire: its sender's mistake, and no concern of the other messages.
        this.#drop(parcel, this.#failure('the message cannot be encoded', error))
      }
    }
    return undefined
  }

  #settle(stream: Stream): void {
    const taken = this.#handed - stream.writeBufferLength
    this.#mark.look(taken, this.#parts.clock.now())
    for (let parcel = this.#unsent[0]; parcel !== undefined && parcel.end <= taken; parcel = this.#unsent[0]) {
      this.#unsent.shift()
      this.#carried++
      this.#mark.set(taken, this.#parts.clock.now())
      this.#queuedBytes -= parcel.weight
      parcel.sent()
    }
  }

  #open(): void {
    this.#state = 'opening'
    const { clock, options } = this.#parts
    const deadline = { clock, ms: options.openStreamTimeoutMs, what: 'opening a stream', signal: this.#ended.signal }
    withDeadline(
      deadline,
      (signal) => this.#parts.open(signal),
      (late) => late.abort(this.#failure('it answered too late'))
    ).then(
      (stream) => {
        if (this.#state !== 'opening') {
          void this.#finish(stream, options.closeTimeoutMs)
          return
        }
        this.#adopt(stream)
        this.#pump()
      },
      (cause: unknown) => {
        if (this.#state === 'opening') this.#state = 'idle'
        this.#rejectAll('no stream could be opened', cause)
      }
    )
  }

  #adopt(stream: Stream): void {
    this.#stream = stream
    this.#state = 'open'
    this.#handed = 0
    this.#carried = 0
    this.#mark.set(0, this.#parts.clock.now())
    // The stream goes on writing its own buffer in a microtask of the same event, queued before this one.
    stream.addEventListener('drain', () => queueMicrotask(() => this.#stream === stream && this.#pump()))
    stream.addEventListener('close', (event) => this.#broken(stream, event.error))
    // Nothing is expected on it: answers come on streams of the peer's own.
    stream.addEventListener('message', () => undefined)
  }

  /** Lets go of the stream without ending it. */
  #release(): Stream | undefined {
    const stream = this.#stream
    this.#stream = undefined
    this.#frame = undefined
    if (this.#state !== 'closed') this.#state = 'idle'
    this.#timer?.cancel()
    this.#timer = undefined
    return stream
  }

  #broken(stream: Stream, cause: unknown): void {
    if (this.#stream !== stream) return
    const reused = this.#carried > 0
    this.#release()
    const unsent = this.#unsent.splice(0)
    const again = unsent.filter((parcel) => reused && this.#state !== 'closed' && !parcel.retried && !parcel.settled)
    for (const parcel of again) parcel.retried = true
    this.#queue.unshift(...again)
    for (const parcel of unsent)
      if (!again.includes(parcel)) this.#drop(parcel, this.#failure('the stream broke', cause))
    if (reused) this.#parts.lost()
    this.#pump()
  }

  /** One timer for two rules: a peer that takes too little is cut off, a quiet stream is closed. */
  #watch(): void {
    if (this.#stream === undefined) return
    const due = this.#mark.atMs + this.#patienceMs
    // A timer that comes too early looks again; only one that would come too late is replaced.
    if (this.#timer !== undefined && this.#timerDueMs <= due) return
    this.#timer?.cancel()
    this.#timerDueMs = due
    this.#timer = this.#parts.clock.setTimer(Math.max(0, due - this.#parts.clock.now()), () => this.#due())
  }

  get #patienceMs(): number {
    const { idleStreamMs, headwayMs } = this.#parts.options
    return this.#unsent.length === 0 ? idleStreamMs : headwayMs
  }

  #due(): void {
    this.#timer = undefined
    const stream = this.#stream
    if (stream === undefined || this.#state === 'closed') return
    this.#settle(stream)
    const quietMs = this.#parts.clock.now() - this.#mark.atMs
    if (quietMs < this.#patienceMs) this.#watch()
    else if (this.#unsent.length > 0) this.#cutOff(stream, quietMs)
    else {
      this.#release()
      void this.#finish(stream, this.#parts.options.idleStreamMs)
    }
  }

  #cutOff(stream: Stream, quietMs: number): void {
    this.#release()
    const reason = `it took less than 64 KiB of what it is sent in ${Math.round(quietMs)} ms`
    this.#rejectAll(reason)
    stream.abort(this.#failure(reason))
    if (this.#carried > 0) this.#parts.lost()
    this.#parts.stuck(reason)
  }

  #finish(stream: Stream, answerMs: number): Promise<void> {
    const { clock, options } = this.#parts
    return finishStream(stream, { clock, flushMs: options.closeTimeoutMs, answerMs, signal: this.#ended.signal })
  }

  /** The caller gave up: a message that has not started is taken out, one that has goes on without it. */
  #withdraw(parcel: Parcel): void {
    const index = this.#queue.indexOf(parcel)
    if (index === -1) return
    this.#queue.splice(index, 1)
    this.#queuedBytes -= parcel.weight
  }

  #drop(parcel: Parcel, error: SendFailedError): void {
    this.#queuedBytes -= parcel.weight
    parcel.failed(error)
  }

  #rejectAll(why: string, cause?: unknown): void {
    const failure = this.#failure(why, cause)
    for (const parcel of [...this.#unsent.splice(0), ...this.#queue.splice(0)]) this.#drop(parcel, failure)
  }

  #failure(why: string, cause?: unknown): SendFailedError {
    return new SendFailedError(`could not send to ${this.#parts.peer}: ${why}`, cause === undefined ? {} : { cause })
  }
}
