import { clearLine, drawLine, type Screen } from './drawn-line.ts'

const REDRAW_MS = 200

/** Progress of work whose end is not known, on a terminal; nothing at all in a pipe. */
export class CountLine {
  readonly #verb: string
  readonly #unit: string
  readonly #screen: Screen
  readonly #now: () => number
  #drawn = -Infinity

  constructor(verb: string, unit: string, screen: Screen = process.stderr, now = (): number => performance.now()) {
    this.#verb = verb
    this.#unit = unit
    this.#screen = screen
    this.#now = now
  }

  report(count: number): void {
    if (this.#screen.isTTY !== true || this.#now() - this.#drawn < REDRAW_MS) return
    this.#drawn = this.#now()
    drawLine(this.#screen, `${this.#verb} ${count} ${this.#unit}`)
  }

  /** Clears the line, so that what is printed next stands alone. */
  end(): void {
    clearLine(this.#screen)
    this.#drawn = -Infinity
  }
}
