import { UnexpectedEndOfCarError } from './car-error.ts'

/** Reads a stream of chunks piece by piece, and knows where it is. Holds what was asked for and the rest of one chunk. */
export class ChunkReader {
  readonly #source: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  #offset = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset
  }

  /** Exactly `length` bytes, of their own; memory is taken as they come, not as they were promised. */
  async read(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for (let left = length; left > 0;) {
      if (this.#chunk.length === 0 && !(await this.#more())) throw new UnexpectedEndOfCarError(this.#offset)
      const part = this.#take(left)
      parts.push(part)
      left -= part.length
    }
    const whole = new Uint8Array(length)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  }

  async skip(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      if (this.#chunk.length === 0 && !(await this.#more())) throw new UnexpectedEndOfCarError(this.#offset)
      left -= this.#take(left).length
    }
  }

  /** The next byte; undefined at the end. */
  async byte(): Promise<number | undefined> {
    if (this.#chunk.length === 0 && !(await this.#more())) return undefined
    return this.#take(1)[0]
  }

  /** Reads and drops the rest, so that the sender can finish. */
  async drain(): Promise<void> {
    while (await this.#more()) this.#take(this.#chunk.length)
  }

  async close(): Promise<void> {
    await this.#source.return?.()
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const next = await this.#source.next()
      if (next.done === true) return false
      this.#chunk = next.value
      if (this.#chunk.length > 0) return true
    }
  }

  #take(most: number): Uint8Array {
    const part = this.#chunk.subarray(0, most)
    this.#chunk = this.#chunk.subarray(part.length)
    this.#offset += part.length
    return part
  }
}
