import { formatBytes } from '../api/formats/byte-size.ts'
import { formatDuration } from '../api/formats/duration.ts'
import { clearLine, drawLine, type Screen } from './drawn-line.ts'

/** Cells of the bar, and the least time between two drawings. */
const WIDTH = 24
const REDRAW_MS = 100

/** How far work has come. */
export interface Progress {
  readonly done: number
  /** 0 or less where it is not known. */
  readonly total: number
  /** Since the work began; more than 0. */
  readonly seconds: number
}

/** What stands before the bar, and after it. */
export interface ProgressText {
  amount(progress: Progress): string
  pace(progress: Progress): string
}

/** Bytes, and how many there are in a second. */
const BYTES: ProgressText = {
  amount: ({ done, total }) => (total > 0 ? `${formatBytes(done)} / ${formatBytes(total)}` : formatBytes(done)),
  pace: ({ done, seconds }) => `${formatBytes(done / seconds)}/s`
}

/** Things that are counted, and the time that is left. */
export function countOf(unit: string): ProgressText {
  return {
    amount: ({ done, total }) => `${Math.floor(done)}${total > 0 ? ` / ${total}` : ''} ${unit}`,
    pace: ({ done, total, seconds }) =>
      done > 0 && total > 0
        ? `${formatDuration(Math.round((seconds * Math.max(0, total - done)) / done) * 1_000)} left`
        : ''
  }
}

/** Progress of long work on a terminal, as bytes if nothing else is said; nothing at all in a pipe. */
export class ProgressBar {
  readonly #text: ProgressText
  readonly #screen: Screen
  readonly #now: () => number
  readonly #started: number
  #drawn = -Infinity
  #done = 0
  /** 0 as long as it is not known. */
  total: number

  constructor(
    total: number,
    text: ProgressText = BYTES,
    screen: Screen = process.stderr,
    now = (): number => performance.now()
  ) {
    this.#text = text
    this.#screen = screen
    this.#now = now
    this.#started = now()
    this.total = total
  }

  /** More was dealt with. */
  advance(more: number): void {
    this.report(this.#done + more)
  }

  /** Dealt with so far, of how much. */
  report(done: number, total = this.total): void {
    this.#done = done
    this.total = total
    if (this.#screen.isTTY !== true || this.#now() - this.#drawn < REDRAW_MS) return
    this.#drawn = this.#now()
    drawLine(this.#screen, this.#line())
  }

  /** Clears the line, so that what is printed next stands alone. */
  end(): void {
    clearLine(this.#screen)
  }

  #line(): string {
    const [done, total] = [this.#done, this.total]
    const progress = { done, total, seconds: Math.max((this.#now() - this.#started) / 1_000, 0.001) }
    const bar = total > 0 ? ` ${barOf(Math.min(1, done / total))}` : ''
    const pace = this.#text.pace(progress)
    return `${this.#text.amount(progress)}${bar}${pace === '' ? '' : `  ${pace}`}`
  }
}

/** `[======                  ] 25%`. */
function barOf(share: number): string {
  const cells = Math.round(share * WIDTH)
  return `[${'='.repeat(cells)}${' '.repeat(WIDTH - cells)}] ${Math.floor(share * 100)}%`
}
