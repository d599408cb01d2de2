import type { Clock, PartialMessage } from '../../ports.ts'

/** No message is told of sooner, or again, in milliseconds: four times a second for a stream. */
export const PROGRESS_EVERY_MS = 250

/** Tells how much is here of a message that is long on its way. One for each stream. */
export class MessageProgress {
  readonly #clock: Pick<Clock, 'now'>
  readonly #tell: (part: PartialMessage) => void
  #beganMs: number | undefined
  #toldMs = 0
  #toldBytes = 0

  constructor(clock: Pick<Clock, 'now'>, tell: (part: PartialMessage) => void) {
    this.#clock = clock
    this.#tell = tell
  }

  /** Bytes came. `midMessage`: the last of them belong to a message that is not complete. `isNew`: to another than before. */
  came(midMessage: boolean, isNew: boolean, bytes: number, totalBytes: number): void {
    if (!midMessage) {
      this.#beganMs = undefined
      return
    }
    const now = this.#clock.now()
    if (this.#beganMs === undefined || isNew) {
      this.#beganMs = this.#toldMs = now
      this.#toldBytes = bytes
    }
    if (now - this.#toldMs < PROGRESS_EVERY_MS || bytes <= this.#toldBytes) return
    this.#toldMs = now
    this.#toldBytes = bytes
    this.#tell({ bytes, totalBytes, ms: now - this.#beganMs })
  }
}
