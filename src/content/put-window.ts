/** Writes that may be under way at a time, and their bytes: enough to share syncs of the disk, and bounded. */
const MAX_WRITES = 128
const MAX_BYTES = 16 * 1024 * 1024

/** Keeps writes under way side by side, a bounded number of bytes of them. */
export class PutWindow {
  /** Bounded: `MAX_WRITES`. */
  readonly #running = new Set<Promise<void>>()
  #bytes = 0
  #failure: { readonly error: unknown } | undefined

  /** The most bytes that were held at a time. */
  peakBytes = 0

  /** Begins a write; resolves when another may begin. Rejects when an earlier one failed. */
  async add(bytes: number, write: () => void | Promise<void>): Promise<void> {
    this.#check()
    const running = this.#run(bytes, write)
    this.#running.add(running)
    void running.then(() => this.#running.delete(running))
    while (this.#running.size >= MAX_WRITES || (this.#bytes >= MAX_BYTES && this.#running.size > 0)) {
      await Promise.race(this.#running)
    }
    this.#check()
  }

  /** Resolves once all writes have ended; rejects when one failed. */
  async finish(): Promise<void> {
    await Promise.all(this.#running)
    this.#check()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Never rejects. */
  async #run(bytes: number, write: () => void | Promise<void>): Promise<void> {
    this.#bytes += bytes
    this.peakBytes = Math.max(this.peakBytes, this.#bytes)
    try {
      await write()
    } catch (error) {
      this.#failure ??= { error }
    } finally {
      this.#bytes -= bytes
    }
  }
}
