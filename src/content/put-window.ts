import type { MaybePromise } from '../ports.ts'

/** Writes that may be under way at a time, and their bytes: enough to share syncs of the disk, and bounded. */
const MAX_WRITES = 256
const MAX_BYTES = 16 * 1024 * 1024

/** Some of the writes of a window, to be waited for together. */
export class PutGroup {
  #open = 0
  #idle: (() => void) | undefined

  begun(): void {
    this.#open += 1
  }

  ended(): void {
    this.#open -= 1
    if (this.#open === 0) this.#idle?.()
  }

  /** Resolves once those that began have ended, well or badly. */
  async settled(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
  }
}

/** Keeps writes under way side by side, a bounded number of bytes of them. */
export class PutWindow {
  readonly #maxWrites: number
  readonly #maxBytes: number
  #writes = 0
  #bytes = 0
  #failure: { readonly error: unknown } | undefined
  /** Those who wait for room. Bounded: by the callers. */
  #waiting: (() => void)[] = []
  readonly #all = new PutGroup()

  /** The most bytes that were held at a time. */
  peakBytes = 0

  constructor(maxWrites = MAX_WRITES, maxBytes = MAX_BYTES) {
    this.#maxWrites = maxWrites
    this.#maxBytes = maxBytes
  }

  /** Begins a write once there is room, and resolves then. Rejects when an earlier one failed. */
  async add(bytes: number, write: () => MaybePromise<void>, group?: PutGroup): Promise<void> {
    while (this.#isFull()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.check()
    this.#writes += 1
    this.#bytes += bytes
    this.peakBytes = Math.max(this.peakBytes, this.#bytes)
    this.#all.begun()
    group?.begun()
    void this.#run(bytes, write, group)
  }

  /** Throws when a write failed. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Resolves once all writes have ended; rejects when one failed. */
  async finish(): Promise<void> {
    await this.#all.settled()
    this.check()
  }

  #isFull(): boolean {
    return this.#writes >= this.#maxWrites || (this.#bytes >= this.#maxBytes && this.#writes > 0)
  }

  /** Never rejects. */
  async #run(bytes: number, write: () => MaybePromise<void>, group: PutGroup | undefined): Promise<void> {
    try {
      await write()
    } catch (error) {
      this.#failure ??= { error }
    }
    this.#writes -= 1
    this.#bytes -= bytes
    group?.ended()
    this.#all.ended()
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
