/** Requests that may be under way at a time, shared by all hosts, in turn. */
export class Workers {
  readonly #limit: number
  /** Whoever has more to ask. Bounded: hosts that are connected. */
  readonly #waiting = new Set<() => void>()
  #busy = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What one host may have of them: never all, or one that hangs would keep the others waiting. */
  get perHost(): number {
    return Math.max(1, Math.floor(this.#limit * 0.75))
  }

  get busy(): number {
    return this.#busy
  }

  /** False when all are busy: `again` is called when one is free. */
  take(again: () => void): boolean {
    if (this.#busy >= this.#limit) {
      this.#waiting.add(again)
      return false
    }
    this.#busy++
    return true
  }

  release(): void {
    this.#busy--
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waiting.delete(next)
    next()
  }

  /** Somebody who waits is gone. */
  forget(again: () => void): void {
    this.#waiting.delete(again)
  }
}
