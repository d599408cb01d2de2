import type { CpuShape } from './link-shape.ts'

const MICROS_PER_SECOND = 1_000_000
const NANOS_PER_MICRO = 1_000

/**
 * What is used by one after the other: a line of so many bytes a second, or a core. Reckons in whole microseconds, and
 * carries the rest over, so that nothing drifts however many small pieces there are.
 */
class Lane {
  #freeAt = 0
  #rest = 0
  #takenMicros = 0

  /** Takes `amount / perMicro` microseconds from `earliest` or the end of the work before; returns when it is done. */
  protected take(earliest: number, amount: number, perMicro: number): number {
    if (earliest > this.#freeAt) {
      this.#freeAt = earliest
      this.#rest = 0
    }
    const whole = amount + this.#rest
    const micros = Math.floor(whole / perMicro)
    this.#rest = whole - micros * perMicro
    this.#freeAt += micros
    this.#takenMicros += micros
    return this.#freeAt
  }

  /** How long it has been used up to `nowMicros`, a moment not before the last use began. */
  protected usedMicros(nowMicros: number): number {
    return this.#takenMicros - Math.max(0, this.#freeAt - nowMicros)
  }
}

/** A line on which messages follow each other. */
export class Line extends Lane {
  readonly #bytesPerSecond: number

  constructor(bytesPerSecond: number) {
    super()
    this.#bytesPerSecond = bytesPerSecond
  }

  /** When all bytes of a message have passed, the first of which may do so at `earliestMicros`. */
  pass(earliestMicros: number, bytes: number): number {
    return this.take(earliestMicros, bytes * MICROS_PER_SECOND, this.#bytesPerSecond)
  }
}

/** A core that deals with messages one after the other; of one peer, or of all. */
export class Core extends Lane {
  readonly #shape: CpuShape

  constructor(shape: CpuShape) {
    super()
    this.#shape = shape
  }

  /** When a message has been dealt with that is there at `earliestMicros`. */
  work(earliestMicros: number, bytes: number): number {
    const nanos = this.#shape.perMessageUs * NANOS_PER_MICRO + this.#shape.perByteNs * bytes
    return this.take(earliestMicros, Math.round(nanos), NANOS_PER_MICRO)
  }

  /** How long it has worked up to `nowMicros`, the present. */
  busyMicros(nowMicros: number): number {
    return this.usedMicros(nowMicros)
  }
}
