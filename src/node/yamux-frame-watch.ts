import { TokenBucket } from '../token-bucket.ts'
import { YAMUX_DATA, YAMUX_PING, YAMUX_SYN, YAMUX_WINDOW_UPDATE, type YamuxHeader } from './yamux-frames.ts'

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
  /** Streams that the peer may open now. */
  room(): number
}

const BURST_SECONDS = 10

/** Streams opened although there was no room for them: a second, and at once. Each is refused, and that is an answer. */
export const REFUSALS_PER_SECOND = 100
export const REFUSALS_AT_ONCE = 1_024

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
  readonly #refusals: TokenBucket
  readonly #strays: TokenBucket
  #frames = 0
  #opened = 0

  constructor(limits: YamuxLimits, streams: StreamTable, nowMs: number) {
    this.#limits = limits
    this.#streams = streams
    this.#pings = new TokenBucket(limits.pingsPerSecond, limits.pingsPerSecond * BURST_SECONDS, nowMs)
    this.#refusals = new TokenBucket(REFUSALS_PER_SECOND, REFUSALS_AT_ONCE, nowMs)
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
    if ((flags & YAMUX_SYN) !== 0) {
      this.#opened++
    } else if ((type === YAMUX_WINDOW_UPDATE || length === 0) && this.#opened === 0 && !this.#streams.has(stream)) {
      // A chunk that also opens streams is left alone: yamux does not know of these yet.
      this.#take(this.#strays, 1, nowMs, 'frames for streams that are not there', STRAYS_PER_SECOND)
    }
  }

  /**
   * The frames of one chunk have been told, and yamux has none of them yet. Returns how many streams they open. Streams that
   * are opened and reset in one chunk count as well: whoever does that often wants nothing of them.
   */
  chunkEnds(nowMs: number): number {
    const opened = this.#opened
    this.#opened = 0
    const refused = opened === 0 ? 0 : opened - this.#streams.room()
    if (refused > 0) {
      this.#take(this.#refusals, refused, nowMs, 'streams beyond what there is room for', REFUSALS_PER_SECOND)
    }
    return opened
  }

  #take(bucket: TokenBucket, count: number, nowMs: number, what: string, perSecond: number): void {
    bucket.refill(nowMs)
    bucket.take(count)
    if (bucket.tokens < 0) throw new MuxerGuardError(`more than ${perSecond} ${what} a second`)
  }
}
