import type { Screen } from './progress-bar.ts'

const WIDTH = 24
const REDRAW_MS = 200

/** Progress of work that is counted, with the time that is left, on a terminal; nothing at all in a pipe. */
export class WorkBar {
  readonly #unit: string
  readonly #screen: Screen
  readonly #now: () => number
  readonly #started: number
  #drawn = -Infinity

  constructor(unit: string, screen: Screen = process.stderr, now = (): number => performance.now()) {
    this.#unit = unit
    this.#screen = screen
    this.#now = now
    this.#started = now()
  }

  report(done: number, total: number): void {
    if (this.#screen.isTTY !== true || this.#now() - this.#drawn < REDRAW_MS) return
    this.#drawn = this.#now()
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const cells = Math.round(share * WIDTH)
    const bar = '='.repeat(cells) + ' '.repeat(WIDTH - cells)
    const left =
      share > 0 ? `  ${formatSeconds(((this.#now() - this.#started) * (1 - share)) / share / 1_000)} left` : ''
    this.#screen.write(
      `\r${Math.floor(done)} / ${total} ${this.#unit} [${bar}] ${Math.floor(share * 100)}%${left}\u001b[K`
    )
  }

  /** Clears the line, so that what is printed next stands alone. */
  end(): void {
    if (this.#screen.isTTY === true && this.#drawn !== -Infinity) this.#screen.write('\r\u001b[K')
  }
}

/** `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
