/**
 * Frames of a bitswap stream: an unsigned varint that says how long the message is, then the message.
 */
import { ProtocolError } from '../errors.ts'
import { unfilledBytes } from '../unfilled-bytes.ts'
import { MAX_MESSAGE_BYTES } from './limits.ts'
import { MAX_VARINT_BYTES } from './varint.ts'

/** Smallest buffer for a body that comes in pieces. */
const MIN_CAPACITY = 4_096
/** A body's buffer grows to this many times what has arrived, so that a claimed length alone costs nothing. */
const GROWTH = 4
/** A body is handed out as a view when it fills at least this share of the memory it would keep alive. */
const MIN_VIEW_SHARE = 0.5

const EMPTY = new Uint8Array(0)

/**
 * Cuts the bytes of a stream into message bodies, however they are chunked. One reader per stream.
 *
 * Bounded: holds one incomplete body of at most `maxBytes`, in a buffer of at most four times what has arrived of it.
 * Complete bodies belong to the caller and are never written to again.
 */
export class FrameReader {
  readonly #maxBytes: number
  #chunk: Uint8Array = EMPTY
  #offset = 0
  #length = 0
  #headerBytes = 0
  #inBody = false
  #body: Uint8Array = EMPTY
  #filled = 0
  #following = 0
  #fault: ProtocolError | undefined

  constructor(maxBytes: number = MAX_MESSAGE_BYTES) {
    this.#maxBytes = maxBytes
  }

  /** Bytes of an incomplete body held until the rest arrives. */
  get bufferedBytes(): number {
    return this.#filled
  }

  /** Bytes of memory taken for it: up to four times as many, but never more than the body will have. */
  get reservedBytes(): number {
    return this.#body.length
  }

  /** Bytes of it that have not arrived, as far as its length is known. */
  get missingBytes(): number {
    return this.#length - this.#filled
  }

  /** The stream would end inside a frame if it ended now. */
  get midFrame(): boolean {
    return this.#inBody || this.#headerBytes > 0
  }

  /** Why the stream cannot be read any further, once that is so: from then on `push` throws it. */
  get fault(): ProtocolError | undefined {
    return this.#fault
  }

  /**
   * Takes the next bytes of the stream and returns the bodies that are now complete, in order. A body may be a view
   * on `chunk`, which must not be written to afterwards.
   *
   * Throws `ProtocolError` for a length above the limit or a bad varint, before anything is kept of that frame. When
   * good bodies came before it in the same chunk these are returned, `fault` is set, and the next call throws.
   *
   * `following` says how many bytes are already here in the chunks to come: a body then gets its memory once, not in steps.
   */
  push(chunk: Uint8Array, following = 0): Uint8Array[] {
    if (this.#fault !== undefined) throw this.#fault
    const bodies: Uint8Array[] = []
    this.#chunk = chunk
    this.#offset = 0
    this.#following = following
    while (this.#offset < chunk.length || (this.#inBody && this.#filled === this.#length)) {
      const reason = this.#inBody ? undefined : this.#readHeader()
      if (reason !== undefined) {
        this.#fail(reason)
        if (bodies.length === 0) throw this.#fault
        break
      }
      if (!this.#inBody) continue
      const body = this.#readBody()
      if (body !== undefined) bodies.push(body)
    }
    this.#chunk = EMPTY
    return bodies
  }

  /** Takes one byte of the length; returns what is wrong with it. */
  #readHeader(): string | undefined {
    const byte = this.#chunk[this.#offset++] ?? 0
    this.#length += (byte & 0x7f) * 0x80 ** this.#headerBytes
    this.#headerBytes++
    if (this.#length > this.#maxBytes) return `a message may have ${this.#maxBytes} bytes, not more`
    if (byte >= 0x80) return this.#headerBytes < MAX_VARINT_BYTES ? undefined : 'the length of a message is no varint'
    if (byte === 0 && this.#headerBytes > 1) return 'the length of a message is not a minimal varint'
    this.#inBody = true
    return undefined
  }

  /** The body if it is complete, as a view or one copy; otherwise keeps what is there. */
  #readBody(): Uint8Array | undefined {
    const missing = this.#length - this.#filled
    const start = this.#offset
    const end = Math.min(this.#chunk.length, start + missing)
    this.#offset = end
    if (this.#filled === 0 && end - start === missing) return this.#finish(this.#cut(start, end))
    this.#reserve(this.#filled + end - start)
    copy(this.#chunk, start, end, this.#body, this.#filled)
    this.#filled += end - start
    return this.#filled === this.#length ? this.#finish(this.#body) : undefined
  }

  #cut(start: number, end: number): Uint8Array {
    const { buffer, byteOffset } = this.#chunk
    if (end - start >= buffer.byteLength * MIN_VIEW_SHARE)
      return new Uint8Array(buffer, byteOffset + start, end - start)
    const body = unfilledBytes(end - start)
    copy(this.#chunk, start, end, body, 0)
    return body
  }

  #reserve(bytes: number): void {
    if (this.#body.length >= bytes) return
    const arrived = bytes + this.#following
    const grown = unfilledBytes(Math.min(this.#length, Math.max(MIN_CAPACITY, arrived * GROWTH)))
    copy(this.#body, 0, this.#filled, grown, 0)
    this.#body = grown
  }

  #finish(body: Uint8Array): Uint8Array {
    this.#body = EMPTY
    this.#filled = 0
    this.#length = 0
    this.#headerBytes = 0
    this.#inBody = false
    return body
  }

  #fail(reason: string): void {
    this.#fault = new ProtocolError(reason)
    this.#chunk = EMPTY
    this.#finish(EMPTY)
  }
}

function copy(source: Uint8Array, start: number, end: number, target: Uint8Array, offset: number): void {
  target.set(start === 0 && end === source.length ? source : source.subarray(start, end), offset)
}
