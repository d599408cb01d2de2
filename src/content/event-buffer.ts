import type { Clock } from '../ports.ts'
import { unlessAborted } from '../unless-aborted.ts'

/** So many were passed over, for they came faster than they were read. */
export interface Missed {
  readonly missed: number
}

export interface EventBufferOptions {
  readonly maxWaiting: number
  /** How long the work lets its reader catch up, in all. */
  readonly patienceMs: number
  readonly clock: Pick<Clock, 'now' | 'setTimer'>
}

/** Events on their way to one reader, from work that cannot wait for him long. */
export class EventBuffer<Event> {
  readonly #options: EventBufferOptions
  /** Bounded: `maxWaiting`; what comes beyond is only counted. */
  readonly #waiting: Event[] = []
  #missed = 0
  #ended = false
  #waitedMs = 0
  #wake: (() => void) | undefined
  #hasRoom: (() => void) | undefined

  constructor(options: EventBufferOptions) {
    this.#options = options
  }

  push(event: Event): void {
    if (this.#isFull) this.#missed += 1
    else this.#waiting.push(event)
    this.#wake?.()
  }

  /** As `push`, once there is room or patience is at its end. Rejects when the signal fires. */
  async offer(event: Event, signal: AbortSignal): Promise<void> {
    const leftMs = this.#options.patienceMs - this.#waitedMs
    if (this.#isFull && leftMs > 0) await this.#room(leftMs, signal)
    this.push(event)
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** What came, in order, and after what waited how much was missed. Ends when there is no more. */
  async *read(): AsyncGenerator<Event | Missed> {
    for (;;) {
      const event = this.#waiting.shift()
      if (this.#waiting.length <= this.#options.maxWaiting / 2) this.#hasRoom?.()
      if (event !== undefined) yield event
      else if (this.#missed > 0) yield this.#takeMissed()
      else if (this.#ended) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  get #isFull(): boolean {
    return this.#waiting.length >= this.#options.maxWaiting
  }

  async #room(leftMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const begun = clock.now()
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#hasRoom = () => resolve(undefined)
    const timer = clock.setTimer(leftMs, this.#hasRoom)
    try {
      await unlessAborted(promise, signal)
    } finally {
      timer.cancel()
      this.#waitedMs += clock.now() - begun
    }
  }

  #takeMissed(): Missed {
    const missed = this.#missed
    this.#missed = 0
    return { missed }
  }
}
