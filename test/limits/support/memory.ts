/** What a process really holds: heap and buffers once all garbage is gone. Needs `--expose-gc`. */
export async function heldBytes(times = 4): Promise<number> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('start this program with --expose-gc')
  for (let i = 1; i < times; i++) {
    gc({ type: 'major', execution: 'sync' })
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  // Read at once: under attack each turn of the event loop leaves megabytes of new garbage. Twice: what one collection
  // finds is taken off `external` when the next one begins.
  gc({ type: 'major', execution: 'sync' })
  gc({ type: 'major', execution: 'sync' })
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** To look collects all garbage, which stops everything else: so much longer than it took is waited before the next look. */
const REST = 4

/** Looks again and again at what the process holds, and keeps the largest. */
export class MemoryWatch {
  #base = 0
  #most = 0
  #watching = false
  #ended: Promise<void> = Promise.resolve()

  async start(everyMs: number): Promise<void> {
    this.#base = await heldBytes()
    this.#most = this.#base
    this.#watching = true
    this.#ended = this.#run(everyMs)
  }

  /** Bytes above those at the start, at most so far. */
  async stop(): Promise<number> {
    this.#watching = false
    await this.#ended
    return this.#most - this.#base
  }

  /** Bytes above those at the start, now. */
  async now(): Promise<number> {
    return (await heldBytes()) - this.#base
  }

  async #run(everyMs: number): Promise<void> {
    while (this.#watching) {
      const began = performance.now()
      this.#most = Math.max(this.#most, await heldBytes(1))
      const restMs = Math.max(everyMs, REST * (performance.now() - began))
      await new Promise<void>((resolve) => setTimeout(resolve, restMs))
    }
  }
}
