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

const HEADER_BYTES = 12
const TYPE_DATA = 0
const TYPE_PING = 2
const BURST_SECONDS = 10

/**
 * Looks at the frame headers in the bytes of a yamux connection, ahead of yamux itself, which collects a frame of any
 * claimed length (up to 4 GiB) before it looks at the window, and answers any number of pings. Frame layout: version,
 * type, flags (2 bytes), stream id (4), length (4), big-endian; data follows the header of a data frame only.
 */
export class YamuxFrameWatch {
  readonly #limits: YamuxLimits
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerFilled = 0
  #dataLeft = 0
  #pings: number
  #lastMs: number

  constructor(limits: YamuxLimits, nowMs: number) {
    this.#limits = limits
    this.#pings = limits.pingsPerSecond * BURST_SECONDS
    this.#lastMs = nowMs
  }

  /** The next bytes of the connection. Throws `MuxerGuardError` for a frame that is too long or a ping too many. */
  push(chunk: Uint8Array, nowMs: number): void {
    let offset = 0
    while (offset < chunk.length) {
      const skipped = Math.min(this.#dataLeft, chunk.length - offset)
      this.#dataLeft -= skipped
      offset += skipped
      while (this.#dataLeft === 0 && offset < chunk.length) {
        this.#header[this.#headerFilled++] = chunk[offset++] ?? 0
        if (this.#headerFilled === HEADER_BYTES) this.#headerRead(nowMs)
      }
    }
  }

  #headerRead(nowMs: number): void {
    this.#headerFilled = 0
    const type = this.#header[1]
    if (type === TYPE_PING) this.#countPing(nowMs)
    if (type !== TYPE_DATA) return
    const length = new DataView(this.#header.buffer).getUint32(8)
    if (length > this.#limits.maxFrameBytes) {
      throw new MuxerGuardError(`a frame of ${length} bytes is longer than ${this.#limits.maxFrameBytes}`)
    }
    this.#dataLeft = length
  }

  #countPing(nowMs: number): void {
    const perSecond = this.#limits.pingsPerSecond
    const earned = ((nowMs - this.#lastMs) / 1000) * perSecond
    this.#pings = Math.min(perSecond * BURST_SECONDS, this.#pings + earned) - 1
    this.#lastMs = nowMs
    if (this.#pings < 0) throw new MuxerGuardError(`more than ${perSecond} pings a second`)
  }
}
