/** One figure of the run, as `--json` prints it. */
export interface Line {
  readonly name: string
  /** `ratio`, `MiB/s`, `blocks/s`, `µs`, `bytes` … */
  readonly unit: string
  /** The median of the rounds; null when a process died, hung or failed. */
  readonly measured: number | null
  /** What it should be; null for a figure that is only reported. */
  readonly target: Target | null
  /** Whether the target is met; for a figure without one, whether it could be measured. */
  readonly holds: boolean
  readonly detail: Detail
}

export interface Target {
  readonly at: 'least' | 'most'
  readonly value: number
  /** What would be better still; shown, never held against a run. */
  readonly stretch?: number
}

export interface Detail {
  /** Every round's figure, in order. */
  readonly rounds: readonly number[]
  /** The least and the most of them. */
  readonly spread: readonly [number, number] | null
  readonly error?: string
  /** Anything else worth knowing: sizes, settings. */
  readonly [note: string]: unknown
}

/** Figures of one thing, a round each, and what went wrong if a round has none. */
export interface Series {
  readonly rounds: readonly number[]
  readonly error?: string | undefined
}

export function line(
  name: string,
  unit: string,
  series: Series,
  target: Target | null = null,
  notes: Record<string, unknown> = {}
): Line {
  const { rounds, error } = series
  const middle = error === undefined ? median(rounds) : undefined
  const detail = { rounds: rounds.map(tidy), spread: spread(rounds), ...notes }
  if (middle === undefined) {
    return { name, unit, measured: null, target, holds: false, detail: { ...detail, error: error ?? 'no figures' } }
  }
  return { name, unit, measured: tidy(middle), target, holds: target === null || meets(middle, target), detail }
}

/** The figures of one thing in those of another, round by round: both were measured within seconds of each other. */
export function ratio(over: Series, under: Series): Series {
  const error = over.error ?? under.error
  const rounds = over.rounds.slice(0, under.rounds.length).map((figure, round) => figure / (under.rounds[round] ?? NaN))
  return { rounds, error }
}

export function median(figures: readonly number[]): number | undefined {
  const sorted = [...figures].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2
}

function meets(figure: number, { at, value }: Target): boolean {
  return at === 'least' ? figure >= value : figure <= value
}

function spread(figures: readonly number[]): readonly [number, number] | null {
  return figures.length === 0 ? null : [tidy(Math.min(...figures)), tidy(Math.max(...figures))]
}

/** Four digits are more than a benchmark knows. */
function tidy(figure: number): number {
  return Math.abs(figure) >= 1000 ? Math.round(figure) : Number(figure.toPrecision(4))
}
