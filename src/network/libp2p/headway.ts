/** What has to come of a message, or to be taken, in good time. Any window lets so much come to a paused stream. */
export const HEADWAY_BYTES = 64 * 1024

/**
 * What a peer brings, over all its streams. They share one line and take turns on it, as those of Kubo do, which opens one
 * for every answer: a stream is no slower than its peer for waiting while others bring something.
 */
export class Headway {
  #bytes = 0
  #lastMs = Number.NEGATIVE_INFINITY
  /** Streams that hold something unfinished. */
  #watching = 0

  /** All that came so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** When something came last. */
  get lastMs(): number {
    return this.#lastMs
  }

  /** What has to come in good time: holding more than one message at a time is not to be had for less than holding each. */
  get dueBytes(): number {
    return HEADWAY_BYTES * this.#watching
  }

  came(bytes: number, now: number): void {
    this.#bytes += bytes
    this.#lastMs = now
  }

  /** One more stream holds something unfinished, or one less does. */
  watched(change: 1 | -1): void {
    this.#watching += change
  }
}

/** A mark in a count of bytes: when it was last seen to get on well enough, and how far it was. */
export class HeadwayMark {
  #atMs = 0
  #bytes = 0

  get atMs(): number {
    return this.#atMs
  }

  set(bytes: number, now: number): void {
    this.#bytes = bytes
    this.#atMs = now
  }

  look(bytes: number, now: number, enough = HEADWAY_BYTES): void {
    if (bytes - this.#bytes >= enough) this.set(bytes, now)
  }
}
