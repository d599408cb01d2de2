import { TokenBucket } from '../../token-bucket.ts'
import { YAMUX_DATA, YAMUX_PING, YAMUX_RST, YAMUX_SYN, YAMUX_WINDOW_UPDATE, type YamuxHeader } from './yamux-frames.ts'

/** A peer broke the rules of the multiplexer so that going on would cost memory or time without end. */
export class MuxerGuardError extends Error {
  override readonly name = 'MuxerGuardError'
}

export interface YamuxLimits {
  /** Largest frame of data: the largest window of a stream, as nobody may send more at a time. */
  readonly maxFrameBytes: number
  /** Pings answered a second; ten times as many may come at once. */
  readonly pingsPerSecond: number
}

/** What the multiplexer knows of its streams. */
export interface StreamTable {
  has(id: number): boolean
  /** It is there, and no protocol has been agreed on for it. */
  isFresh(id: number): boolean
  /** Streams that the peer may open now. */
  room(): number
}

const BURST_SECONDS = 10

/**
 * Streams that come to nothing, a second and at once: opened although there was no room for them, or reset before it was
 * known what they are for. The first are answered, the second leave timers behind.
 */
export const FUTILE_STREAMS_PER_SECOND = 100
export const FUTILE_STREAMS_AT_ONCE = 1_024

/** Frames without data for streams that are not there, which are what is left of streams that we reset. */
export const STRAYS_PER_SECOND = 2_000
export const STRAYS_AT_ONCE = 20_000

/**
 * Looks at the frames of a connection ahead of yamux itself, which takes a frame of any claimed length (up to 4 GiB),
 * answers any number of pings, and takes any number of frames that mean nothing. All calls throw `MuxerGuardError` for what
 * is too much.
 */
export class YamuxFrameWatch {
  readonly #limits: YamuxLimits
  readonly #streams: StreamTable
  readonly #pings: TokenBucket
  readonly #futile: TokenBucket
  readonly #strays: TokenBucket
  /** Bounded: by the length of a chunk. Streams that the chunk at hand opens; yamux does not know of them yet. */
  readonly #opened = new Set<number>()
  #frames = 0

  constructor(limits: YamuxLimits, streams: StreamTable, nowMs: number) {
    this.#limits = limits
    this.#streams = streams
    this.#pings = new TokenBucket(limits.pingsPerSecond, limits.pingsPerSecond * BURST_SECONDS, nowMs)
    this.#futile = new TokenBucket(FUTILE_STREAMS_PER_SECOND, FUTILE_STREAMS_AT_ONCE, nowMs)
    this.#strays = new TokenBucket(STRAYS_PER_SECOND, STRAYS_AT_ONCE, nowMs)
  }

  /** Frames so far. */
  get frames(): number {
    return this.#frames
  }

  frame({ type, flags, stream, length }: YamuxHeader, nowMs: number): void {
    this.#frames++
    if (type === YAMUX_PING) this.#take(this.#pings, 1, nowMs, 'pings', this.#limits.pingsPerSecond)
    if (type === YAMUX_DATA && length > this.#limits.maxFrameBytes) {
      throw new MuxerGuardError(`a frame of ${length} bytes is longer than ${this.#limits.maxFrameBytes}`)
    }
    if (type !== YAMUX_DATA && type !== YAMUX_WINDOW_UPDATE) return
    const isNew = this.#opened.has(stream)
    if ((flags & YAMUX_SYN) !== 0) {
      this.#opened.add(stream)
    } else if ((flags & YAMUX_RST) !== 0) {
      if (isNew || this.#streams.isFresh(stream)) this.#countFutile(1, nowMs)
    } else if ((type === YAMUX_WINDOW_UPDATE || length === 0) && !isNew && !this.#streams.has(stream)) {
      this.#take(this.#strays, 1, nowMs, 'frames for streams that are not there', STRAYS_PER_SECOND)
    }
  }

  /** The frames of one chunk have been told, and yamux has none of them yet. Returns how many streams they open. */
  chunkEnds(nowMs: number): number {
    const opened = this.#opened.size
    if (opened === 0) return 0
    this.#opened.clear()
    this.#countFutile(Math.max(0, opened - this.#streams.room()), nowMs)
    return opened
  }

  #countFutile(count: number, nowMs: number): void {
    this.#take(this.#futile, count, nowMs, 'streams that come to nothing', FUTILE_STREAMS_PER_SECOND)
  }

  #take(bucket: TokenBucket, count: number, nowMs: number, what: string, perSecond: number): void {
    bucket.refill(nowMs)
    bucket.take(count)
    if (bucket.tokens < 0) throw new MuxerGuardError(`more than ${perSecond} ${what} a second`)
  }
}
