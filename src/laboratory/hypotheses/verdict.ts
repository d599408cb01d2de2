import type { Interval } from '../statistics/bootstrap.ts'

export type Verdict = 'supported' | 'refuted' | 'undecided'

/** Where a number has to lie, ends included. */
export interface Bound {
  readonly from?: number
  readonly to?: number
}

/** The verdict on a number of which an interval is known: all of it within the bound, none of it, or part of it. */
export function verdictOf({ low, high }: Interval, { from = -Infinity, to = Infinity }: Bound): Verdict {
  if (Number.isNaN(low) || Number.isNaN(high)) return 'undecided'
  if (low >= from && high <= to) return 'supported'
  return high < from || low > to ? 'refuted' : 'undecided'
}

/** Of claims that all have to hold. */
export function wholeVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('refuted')) return 'refuted'
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'supported') ? 'supported' : 'undecided'
}
