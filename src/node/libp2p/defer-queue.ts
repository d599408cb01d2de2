/** What is deferred runs at the end of this turn of the event loop, and so does what that defers; the third waits. */
const ROUNDS = 2

/**
 * Runs what is put off until the events at hand are dealt with. A session decides there what to ask, and then the outbox
 * sends it: two steps, both of them in one turn. By `setImmediate` each waits for a turn of its own, in which up to 2 MiB
 * are read from a fast peer first; that peer is left without wants in the meantime, and then we without blocks. Work that
 * puts off the rest of itself, again and again, still lets others have their turn.
 */
export class DeferQueue {
  readonly #atTurnsEnd: (run: () => void) => void
  /** Bounded: by the actors, which defer one call each, and by the peers they do it for. */
  #waiting: (() => void)[] = []
  #scheduled = false

  /** `atTurnsEnd` is `setImmediate`, or does the same. */
  constructor(atTurnsEnd: (run: () => void) => void) {
    this.#atTurnsEnd = atTurnsEnd
  }

  defer(run: () => void): void {
    this.#waiting.push(run)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return
    this.#scheduled = true
    this.#atTurnsEnd(() => this.#turn())
  }

  #turn(): void {
    try {
      for (let round = 0; round < ROUNDS; round++) this.#round()
    } finally {
      this.#scheduled = false
      this.#schedule()
    }
  }

  /** When one of them throws, the others run in the next turn. */
  #round(): void {
    const due = this.#waiting
    this.#waiting = []
    let begun = 0
    try {
      for (const run of due) {
        begun++
        run()
      }
    } finally {
      if (begun < due.length) this.#waiting.unshift(...due.slice(begun))
    }
  }
}
