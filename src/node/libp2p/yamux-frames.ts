/** What stands in front of every frame. `length` is that of the data which follows, or means something else. */
export interface YamuxHeader {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly length: number
}

export const YAMUX_DATA = 0
export const YAMUX_WINDOW_UPDATE = 1
export const YAMUX_PING = 2
/** Flags: the stream begins, its beginning is confirmed, all of it ends. */
export const YAMUX_SYN = 1
const YAMUX_ACK = 2
export const YAMUX_RST = 8
const HEADER_BYTES = 12

/** Longer frames are passed on in pieces of about this size. Each costs an answer, a smaller one nearly as much. */
export const YAMUX_PIECE_BYTES = 256 * 1024
/** The same while a crowd of connections holds unfinished frames. */
export const YAMUX_CROWDED_PIECE_BYTES = 16 * 1024
/** Bytes of unfinished frames, over all connections, that make a crowd. */
const CROWD_BYTES = 4 * 1024 * 1024
/** The same from which they are worth a copy that holds on to nothing else. */
const COMPACT_BYTES = 1024 * 1024

/** What is held of unfinished frames, by all connections of a node. */
export interface FrameMemory {
  bytes: number
  /** It is so much that what is held should be copied, and let go of the larger buffers in which it was read. */
  readonly isMuch: boolean
  /** Longest piece of a frame that is held. */
  readonly pieceBytes: number
}

/** Holds less of each when many hold much. */
export class CrowdedMemory implements FrameMemory {
  bytes = 0

  get isMuch(): boolean {
    return this.bytes > COMPACT_BYTES
  }

  get pieceBytes(): number {
    return this.bytes > CROWD_BYTES ? YAMUX_CROWDED_PIECE_BYTES : YAMUX_PIECE_BYTES
  }
}

/**
 * Reads the frames of a yamux connection: version, type, flags (2 bytes), stream id (4), length (4), big-endian; data
 * follows the header of a data frame only. Long frames are cut into several, as yamux itself collects a frame until it is
 * whole, of whatever length, before it asks whether anybody wants it.
 */
export class YamuxFrames {
  readonly #onHeader: (header: YamuxHeader) => void
  readonly #memory: FrameMemory
  readonly #header = new Uint8Array(HEADER_BYTES)
  readonly #view = new DataView(this.#header.buffer)
  #headerFilled = 0
  #length = 0
  #dataLeft = 0
  /** The long frame at hand; undefined outside of one. */
  #long: YamuxHeader | undefined
  #isFirst = false
  /** Bounded: the size of a piece, and a chunk. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** What of the frame at hand is held, here or by yamux. */
  #counted = 0
  /** Bounded: by the length of a chunk, and a piece. */
  #out: Uint8Array[] = []
  /** Where in the chunk at hand the bytes begin that can be passed on as they are. */
  #passFrom = 0

  constructor(onHeader: (header: YamuxHeader) => void, memory: FrameMemory) {
    this.#onHeader = onHeader
    this.#memory = memory
  }

  /** Bytes of unfinished frames that this connection holds: here, or by yamux. */
  get unfinishedBytes(): number {
    return this.#counted
  }

  /** The next bytes of the connection. Returns those for yamux. Throws what `onHeader` throws. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#out = []
    this.#passFrom = 0
    let offset = 0
    while (offset < chunk.length) {
      offset = this.#dataLeft > 0 ? this.#data(chunk, offset) : this.#readHeader(chunk, offset)
    }
    this.#pass(chunk, chunk.length)
    this.#count(this.#long === undefined ? (this.#dataLeft > 0 ? this.#length - this.#dataLeft : 0) : this.#heldBytes)
    return this.#out
  }

  /** The connection is closed. */
  close(): void {
    this.#held = []
    this.#count(0)
  }

  #count(bytes: number): void {
    this.#memory.bytes += bytes - this.#counted
    this.#counted = bytes
  }

  #data(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + this.#dataLeft)
    this.#dataLeft -= end - start
    if (this.#long === undefined) return end
    this.#held.push(chunk.subarray(start, end))
    this.#heldBytes += end - start
    this.#passFrom = end
    if (this.#dataLeft === 0 || this.#heldBytes >= this.#memory.pieceBytes) this.#passPiece(this.#long)
    return end
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    const wasHeld = this.#headerFilled > 0
    const end = Math.min(chunk.length, start + HEADER_BYTES - this.#headerFilled)
    this.#header.set(chunk.subarray(start, end), this.#headerFilled)
    this.#headerFilled += end - start
    if (this.#headerFilled < HEADER_BYTES) {
      // Not yet known whether it can be passed on as it is.
      this.#pass(chunk, start)
      this.#passFrom = end
      return end
    }
    this.#headerFilled = 0
    const header = this.#parse()
    this.#onHeader(header)
    this.#length = this.#dataLeft = header.type === YAMUX_DATA ? header.length : 0
    this.#long = this.#dataLeft > this.#memory.pieceBytes ? header : undefined
    this.#isFirst = true
    if (this.#long === undefined && !wasHeld) return end
    this.#pass(chunk, start)
    if (this.#long === undefined) this.#out.push(this.#header.slice())
    this.#passFrom = end
    return end
  }

  #parse(): YamuxHeader {
    const view = this.#view
    return { type: view.getUint8(1), flags: view.getUint16(2), stream: view.getUint32(4), length: view.getUint32(8) }
  }

  #pass(chunk: Uint8Array, end: number): void {
    if (end > this.#passFrom) this.#out.push(chunk.subarray(this.#passFrom, end))
    this.#passFrom = end
  }

  #passPiece({ type, flags, stream }: YamuxHeader): void {
    const piece = new Uint8Array(HEADER_BYTES)
    const view = new DataView(piece.buffer)
    const opening = YAMUX_SYN | YAMUX_ACK
    view.setUint8(1, type)
    // A beginning belongs to the first piece, an end to the last.
    view.setUint16(2, (this.#isFirst ? flags & opening : 0) | (this.#dataLeft === 0 ? flags & ~opening : 0))
    view.setUint32(4, stream)
    view.setUint32(8, this.#heldBytes)
    this.#out.push(piece, ...this.#held)
    this.#held = []
    this.#heldBytes = 0
    this.#isFirst = false
  }
}
