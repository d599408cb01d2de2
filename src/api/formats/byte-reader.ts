/** Bytes that ended before what was announced had come. */
export class UnexpectedEndError extends Error {
  override readonly name = 'UnexpectedEndError'
}

/**
 * Reads a stream of chunks piece by piece, for the formats that announce what comes next (multipart, tar). It pulls a
 * chunk only when it needs one, so a slow reader slows the sender.
 */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  /** Bounded: one chunk of the source, and what is left of the one before when less than a delimiter or a line. */
  #buffer: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Exactly `length` bytes; `length` is small, and chosen by us. */
  async read(length: number): Promise<Buffer> {
    while (this.#buffer.length < length) await this.#fill()
    return this.#take(length)
  }

  /** The next `length` bytes, as they come. */
  async *stream(length: number): AsyncGenerator<Buffer> {
    let left = length
    while (left > 0) {
      if (this.#buffer.length === 0) await this.#fill()
      const piece = this.#take(Math.min(left, this.#buffer.length))
      left -= piece.length
      yield piece
    }
  }

  /** Text up to the next CRLF, without it. Throws `RangeError` beyond `limit` bytes. */
  async line(limit: number): Promise<string> {
    let searched = 0
    for (;;) {
      const end = this.#buffer.indexOf('\r\n', searched)
      if ((end === -1 ? this.#buffer.length : end) > limit) throw new RangeError(`a line is longer than ${limit} bytes`)
      if (end !== -1) {
        const line = this.#take(end).toString('utf8')
        this.#take(2)
        return line
      }
      searched = Math.max(0, this.#buffer.length - 1)
      await this.#fill()
    }
  }

  /** Everything before `delimiter`, as it comes; the delimiter itself is taken and dropped. */
  async *until(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.#buffer.indexOf(delimiter)
      if (end !== -1) {
        const piece = this.#take(end)
        this.#take(delimiter.length)
        if (piece.length > 0) yield piece
        return
      }
      const certain = this.#buffer.length - beginningAtEnd(this.#buffer, delimiter)
      if (certain > 0) yield this.#take(certain)
      await this.#fill()
    }
  }

  /** Reads and drops the rest, so that the sender can finish. */
  async drain(): Promise<void> {
    this.#buffer = Buffer.alloc(0)
    while ((await this.#source.next()).done !== true);
  }

  /** Lets go of the source, wherever it is. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }

  #take(length: number): Buffer {
    const piece = this.#buffer.subarray(0, length)
    this.#buffer = this.#buffer.subarray(length)
    return piece
  }

  async #fill(): Promise<void> {
    const next = await this.#source.next()
    if (next.done === true) throw new UnexpectedEndError('the data ended too early')
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
  }
}

/** How many of the last bytes may be the beginning of `delimiter`. */
function beginningAtEnd(bytes: Buffer, delimiter: Buffer): number {
  const first = delimiter[0] ?? 0
  let at = bytes.indexOf(first, Math.max(0, bytes.length - delimiter.length + 1))
  while (at !== -1 && !bytes.subarray(at).equals(delimiter.subarray(0, bytes.length - at)))
    at = bytes.indexOf(first, at + 1)
  return at === -1 ? 0 : bytes.length - at
}
