import type { Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { ProtocolError } from '../../errors.ts'
import { FrameReader } from '../../message/frame.ts'
import type { Clock, PartialMessage, Timer } from '../../ports.ts'
import { finishStream, hasEnded } from './finish-stream.ts'
import { HEADWAY_BYTES, type Headway, HeadwayMark } from './headway.ts'
import { MessageProgress } from './message-progress.ts'
import type { Libp2pNetworkOptions } from './network-options.ts'
import type { ReadBudget } from './read-budget.ts'
import type { Reader } from './read-pool.ts'
import { ReceiveWindow } from './receive-window.ts'

export interface IncomingStreamParts {
  /** The peer's name: whose budget the bytes count against. */
  readonly peer: string
  readonly clock: Clock
  readonly options: Libp2pNetworkOptions
  readonly budget: ReadBudget
  /** Of the same peer, over all its streams. */
  readonly headway: Headway
  /** One whole message. Never throws: one that cannot be read is refused by `refuse`. */
  message(body: Uint8Array): void
  /** More came of a message that is long on its way; told at most four times a second. */
  receiving(part: PartialMessage): void
  /** The stream has been reset: the peer broke the rules (`isBreach`) or, as bad links do, stopped inside a message. */
  fault(error: ProtocolError, isBreach: boolean): void
  /** The stream has been reset by a mistake of ours. */
  failed(error: unknown): void
  /**
   * Nothing more comes from this stream. `broken` when neither the peer closed its side nor we ended it: what was on its
   * way is lost, and the peer believes that it was sent. Not for one that never carried anything.
   */
  ended(stream: IncomingStream, broken: boolean): void
}

/** Above the largest window that yamux grows to, as libp2p resets a paused stream that holds more than this. */
const READ_BUFFER_BYTES = 17 * 1024 * 1024

/**
 * Reads one of a peer's streams: any number of messages, with any pause between them. Only inside a message are there
 * limits of time. Answers the end of the peer's side with the end of ours, as libp2p frees a stream only then.
 *
 * Build it in the stream handler itself, before anything is awaited: libp2p keeps few bytes for a stream without a listener.
 */
export class IncomingStream implements Reader {
  readonly #stream: Stream
  readonly #parts: IncomingStreamParts
  readonly #frames = new FrameReader()
  readonly #progress: MessageProgress
  readonly #window: ReceiveWindow
  /** Bytes of the unfinished message that the budget knows of. */
  #counted = 0
  #wanted: 'reading' | 'paused' = 'reading'
  #applying = false
  #ended = false
  /** The peer has closed its side: all that it sent is here. */
  #complete = false
  #carried = false
  /** Runs while something is held: an unfinished message, or what gathers behind a pause. */
  #timer: Timer | undefined
  /** When what is held began to come, and when it got on last. */
  #beganMs = 0
  #lastMs = 0
  /** In what its peer brings. */
  readonly #mark = new HeadwayMark()
  /** When it had last brought so much that it is not slow, which matters when memory is short, and what it brought since. */
  #quickMs = 0
  #sinceQuick = 0

  constructor(stream: Stream, parts: IncomingStreamParts) {
    this.#stream = stream
    this.#parts = parts
    this.#window = new ReceiveWindow(stream)
    this.#progress = new MessageProgress(parts.clock, (part) => parts.receiving(part))
    stream.maxReadBufferLength = Math.max(stream.maxReadBufferLength, READ_BUFFER_BYTES)
    stream.addEventListener('message', (event) => this.#received(event.data))
    stream.addEventListener('remoteCloseWrite', () => this.#remoteClosed())
    stream.addEventListener('close', () => this.#streamClosed())
    parts.budget.add(parts.peer, this)
  }

  expect(blocks: boolean): void {
    if (blocks) this.#window.widen()
    else this.#window.narrow()
  }

  get partialBytes(): number {
    return this.#counted
  }

  get bufferedBytes(): number {
    return this.#wanted === 'paused' && !this.#ended ? this.#stream.readBufferLength : 0
  }

  get lagMs(): number {
    if (this.#counted === 0 || this.#isHeldUp) return 0
    return this.#parts.clock.now() - this.#quickMs
  }

  pause(): void {
    this.#wanted = 'paused'
    if (this.#timer === undefined) this.#watch()
    this.#apply()
  }

  resume(): void {
    if (this.#wanted === 'paused') this.#wasQuick()
    this.#wanted = 'reading'
    if (!this.#frames.midFrame) this.#unwatch()
    this.#apply()
  }

  /** Resets the stream; no message of it is delivered any more. */
  abort(error: Error): void {
    this.#end(false)
    this.#stream.abort(error)
  }

  #received(data: Uint8Array | Uint8ArrayList): void {
    let following = data.byteLength
    if (following > 0) this.#carried = true
    this.#sinceQuick += following
    this.#parts.headway.came(following, this.#parts.clock.now())
    if (this.#sinceQuick >= HEADWAY_BYTES || this.#counted === 0) this.#wasQuick()
    let isNew = false
    for (const chunk of data instanceof Uint8Array ? [data] : data) {
      if (this.#ended) return
      following -= chunk.byteLength
      for (const body of this.#cut(chunk, following)) {
        isNew = true
        this.#parts.message(body)
      }
    }
    const { fault } = this.#frames
    if (fault !== undefined) this.refuse(fault)
    if (!this.#ended) this.#count(isNew)
  }

  #cut(chunk: Uint8Array, following: number): readonly Uint8Array[] {
    try {
      return this.#frames.push(chunk, following)
    } catch (error) {
      if (error instanceof ProtocolError) this.refuse(error)
      else this.#broke(error)
      return []
    }
  }

  #wasQuick(): void {
    this.#quickMs = this.#parts.clock.now()
    this.#sinceQuick = 0
  }

  /** Tells the budget what is held of an unfinished message (another one now?), and starts or stops the clock for it. */
  #count(isNew: boolean): void {
    const { budget, peer, clock } = this.#parts
    const { reservedBytes: held, midFrame, bufferedBytes, missingBytes } = this.#frames
    this.#progress.came(midFrame, isNew, bufferedBytes, bufferedBytes + missingBytes)
    if (!midFrame && this.#wanted === 'reading') {
      this.#unwatch()
    } else if (this.#timer === undefined) {
      this.#watch()
    } else {
      this.#lastMs = clock.now()
      if (isNew) this.#began()
    }
    if (held === this.#counted) return
    const change = held - this.#counted
    this.#counted = held
    budget.partial(peer, change)
  }

  /** It is a pause that keeps it from getting on: what it would get on with is here. */
  get #isHeldUp(): boolean {
    return this.#wanted === 'paused' && this.bufferedBytes >= Math.min(HEADWAY_BYTES, this.#frames.missingBytes)
  }

  #watch(): void {
    this.#began()
    this.#parts.headway.watched(1)
    this.#look(this.#parts.options.frameStallMs)
  }

  #began(): void {
    this.#beganMs = this.#lastMs = this.#parts.clock.now()
    this.#mark.set(this.#parts.headway.bytes, this.#lastMs)
  }

  #unwatch(): void {
    if (this.#timer === undefined) return
    this.#timer.cancel()
    this.#timer = undefined
    this.#parts.headway.watched(-1)
  }

  #look(inMs: number): void {
    this.#timer = this.#parts.clock.setTimer(inMs, () => this.#overdue())
  }

  #overdue(): void {
    const { clock, options, budget, peer, headway } = this.#parts
    const now = clock.now()
    const holdsNothing = !this.#frames.midFrame && this.bufferedBytes === 0
    if (holdsNothing || (this.#wanted === 'paused' && budget.waitsForUs(peer))) this.#began()
    // Other unfinished messages keep it waiting. It has not stopped, but nor may it wait for ever.
    else if (this.#isHeldUp) this.#lastMs = now
    this.#mark.look(headway.bytes, now, headway.dueBytes)
    const stallsAt = Math.max(this.#lastMs, headway.lastMs) + options.frameStallMs
    const left = Math.min(stallsAt, this.#mark.atMs + options.headwayMs, this.#beganMs + options.frameTimeoutMs) - now
    if (left <= 0) this.#fail(new ProtocolError('stopped inside a message'), false)
    else this.#look(left)
  }

  /** Resets the stream for a breach of the rules, and says so. */
  refuse(error: ProtocolError): void {
    this.#fail(error, true)
  }

  #broke(cause: unknown): void {
    this.abort(new Error('the stream could not be read', { cause }))
    this.#parts.failed(cause)
  }

  #fail(error: ProtocolError, isBreach: boolean): void {
    if (this.#ended) return
    this.abort(error)
    this.#parts.fault(error, isBreach)
  }

  /** Gives up its unfinished message for want of memory. It is no fault, but what was on its way is lost. */
  giveUp(): void {
    if (this.#ended) return
    this.#end(true)
    this.#stream.abort(new Error('too much is held of unfinished messages'))
  }

  /** libp2p forgets a pause that is asked for while it hands out data, so it is asked for just after. */
  #apply(): void {
    if (this.#applying) return
    this.#applying = true
    queueMicrotask(() => {
      this.#applying = false
      const { readStatus } = this.#stream
      if (this.#wanted === 'paused' && readStatus === 'readable') this.#stream.pause()
      if (this.#wanted === 'reading' && readStatus === 'paused') this.#resumeNow()
      if (hasEnded(this.#stream)) this.#streamClosed()
    })
  }

  /** Throws in libp2p when its connection has just closed: the other end cannot be told. */
  #resumeNow(): void {
    try {
      this.#stream.resume()
    } catch (error) {
      this.#end(this.#carried && !this.#complete)
      this.#stream.abort(new Error('the connection has closed', { cause: error }))
    }
  }

  #remoteClosed(): void {
    this.#complete = true
    const { clock, options } = this.#parts
    const ms = options.closeTimeoutMs
    void finishStream(this.#stream, { clock, flushMs: ms, answerMs: ms })
  }

  /** A stream may close while it is paused; what it holds comes when it is resumed. */
  #streamClosed(): void {
    if (this.#stream.readBufferLength > 0 && this.#stream.status !== 'aborted') return
    this.#end(this.#carried && !this.#complete)
  }

  #end(broken: boolean): void {
    if (this.#ended) return
    this.#ended = true
    this.#unwatch()
    const { budget, peer } = this.#parts
    const counted = this.#counted
    this.#counted = 0
    budget.remove(peer, this, counted)
    this.#parts.ended(this, broken)
  }
}
