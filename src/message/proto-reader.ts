/**
 * Reads protobuf fields from a buffer. A read that fails returns -1 or false instead of throwing, for whether it costs
 * one entry or the whole message is for the caller to say, and a message may hold thousands of bad entries.
 */

/** How a field's value is laid out: the low three bits of its tag. */
export const VARINT = 0
export const FIXED64 = 1
export const DELIMITED = 2
export const FIXED32 = 5

/** Most bytes a protobuf varint takes: a negative int32 is sent as 64 bits. */
const MAX_BYTES = 10

export class ProtoReader {
  readonly bytes: Uint8Array
  /** Where the next read starts. */
  offset = 0
  /** Reads never look at or behind this offset: the end of the message, or of the item being read. */
  end: number
  /** The last varint read: its low 32 bits, unsigned, and its high 32 bits. */
  low = 0
  high = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.end = bytes.length
  }

  /** Reads any varint into `low` and `high`; false when it is truncated or too long. Need not be minimal. */
  readVarint(): boolean {
    const first = this.offset < this.end ? (this.bytes[this.offset] ?? 0) : -1
    if (first < 0) return false
    if (first >= 0x80) return this.#readLongVarint()
    this.offset++
    this.low = first
    this.high = 0
    return true
  }

  /** The next tag, field number times eight plus wire type; -1 when there is none or it names field 0. */
  readTag(): number {
    if (!this.readVarint() || this.high !== 0 || this.low < 8) return -1
    return this.low
  }

  /** The length of a delimited field whose bytes are all there; -1 otherwise. */
  readLength(): number {
    if (!this.readVarint() || this.high !== 0 || this.low > this.end - this.offset) return -1
    return this.low
  }

  /** Passes over the value of a field nobody here knows; false when it is truncated or of a wire type not in use. */
  skip(tag: number): boolean {
    switch (tag & 7) {
      case VARINT:
        return this.readVarint()
      case FIXED64:
        return this.#advance(8)
      case DELIMITED: {
        const length = this.readLength()
        return length >= 0 && this.#advance(length)
      }
      case FIXED32:
        return this.#advance(4)
      default:
        return false
    }
  }

  #advance(bytes: number): boolean {
    if (bytes > this.end - this.offset) return false
    this.offset += bytes
    return true
  }

  #readLongVarint(): boolean {
    const last = Math.min(this.end, this.offset + MAX_BYTES)
    let low = 0
    let high = 0
    let shift = 0
    for (let at = this.offset; at < last; at++, shift += 7) {
      const byte = this.bytes[at] ?? 0
      const bits = byte & 0x7f
      if (shift < 32) low |= bits << shift
      if (shift > 28) high |= bits << (shift - 32)
      else if (shift === 28) high |= bits >>> 4
      if (byte < 0x80) {
        this.offset = at + 1
        this.low = low >>> 0
        this.high = high >>> 0
        return true
      }
    }
    return false
  }
}
