/** Cells of the bar, and the least time between two drawings. */
const WIDTH = 24
const REDRAW_MS = 100

export interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Progress of long work on a terminal; nothing at all in a pipe. */
export class ProgressBar {
  readonly #screen: Screen
  readonly #now: () => number
  readonly #started: number
  #drawn = -Infinity
  #done = 0
  total: number

  constructor(total: number, screen: Screen = process.stderr, now = (): number => performance.now()) {
    this.#screen = screen
    this.#now = now
    this.#started = now()
    this.total = total
  }

  /** More bytes were dealt with. */
  advance(bytes: number): void {
    this.report(this.#done + bytes)
  }

  /** Bytes dealt with so far. */
  report(done: number): void {
    this.#done = done
    if (this.#screen.isTTY !== true || this.#now() - this.#drawn < REDRAW_MS) return
    this.#drawn = this.#now()
    this.#screen.write(`\r${this.#text()}\u001b[K`)
  }

  /** Clears the line, so that what is printed next stands alone. */
  end(): void {
    if (this.#screen.isTTY === true && this.#drawn !== -Infinity) this.#screen.write('\r\u001b[K')
  }

  #text(): string {
    const seconds = Math.max((this.#now() - this.#started) / 1_000, 0.001)
    const rate = `${formatBytes(this.#done / seconds)}/s`
    if (this.total <= 0) return `${formatBytes(this.#done)}  ${rate}`
    const share = Math.min(1, this.#done / this.total)
    const cells = Math.round(share * WIDTH)
    const bar = '='.repeat(cells) + ' '.repeat(WIDTH - cells)
    return `${formatBytes(this.#done)} / ${formatBytes(this.total)} [${bar}] ${Math.floor(share * 100)}%  ${rate}`
  }
}

/** `12.3 MiB`, for people. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`
}
