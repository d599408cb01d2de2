/**
 * Unsigned varints as multiformats has them: minimal, at most nine bytes, and here at most 2^53 - 1, so that a number
 * holds every value exactly.
 */

/** Most bytes an unsigned varint may take. */
export const MAX_VARINT_BYTES = 9

/** Bytes that `value`, a safe integer of 0 or more, takes. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  if (value < 0x1000_0000) return 4
  let length = 5
  for (let rest = Math.floor(value / 0x8_0000_0000); rest > 0; rest = Math.floor(rest / 0x80)) length++
  return length
}

/** Writes `value`, a safe integer of 0 or more; returns the offset behind it. */
export function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let rest = value
  while (rest >= 0x8000_0000) {
    target[offset++] = (rest % 0x80) | 0x80
    rest = Math.floor(rest / 0x80)
  }
  while (rest >= 0x80) {
    target[offset++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  target[offset++] = rest
  return offset
}

/**
 * Reads minimal varints one after the other. A failed read returns -1 and is not an exception: a message may hold
 * thousands of bad ones, and an exception costs more than the rest of the entry.
 */
export class VarintReader {
  readonly #bytes: Uint8Array
  /** Where the next varint starts; moved by a read that succeeds. */
  offset: number
  /** Reads never look at or behind this offset. */
  end: number

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = bytes
    this.offset = offset
    this.end = end
  }

  /** The next value; -1 when it is truncated, not minimal, longer than nine bytes, or above 2^53 - 1. */
  next(): number {
    if (this.offset >= this.end) return -1
    const first = this.#bytes[this.offset] ?? 0
    if (first < 0x80) {
      this.offset++
      return first
    }
    return this.#long(first)
  }

  #long(first: number): number {
    const last = Math.min(this.end, this.offset + MAX_VARINT_BYTES)
    let value = first & 0x7f
    let scale = 0x80
    for (let at = this.offset + 1; at < last; at++) {
      const byte = this.#bytes[at] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (byte === 0 || value > Number.MAX_SAFE_INTEGER) return -1
        this.offset = at + 1
        return value
      }
      scale *= 0x80
    }
    return -1
  }
}
