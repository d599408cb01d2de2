/** Milliseconds between two looks. */
const EVERY_MS = 1

/**
 * The longest time for which the event loop did nothing but one thing. The processor time of this thread counts, as far as
 * it is less than the time that passed: while the machine does something else, nobody here holds anybody up.
 */
export class StallWatch {
  #timer: NodeJS.Timeout | undefined
  #longestMs = 0

  start(): void {
    this.#longestMs = 0
    let wall = performance.now()
    let busy = threadMs()
    this.#timer = setInterval(() => {
      const nowWall = performance.now()
      const nowBusy = threadMs()
      this.#longestMs = Math.max(this.#longestMs, Math.min(nowWall - wall, nowBusy - busy))
      wall = nowWall
      busy = nowBusy
    }, EVERY_MS)
  }

  /** Milliseconds. */
  stop(): number {
    clearInterval(this.#timer)
    return this.#longestMs
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
