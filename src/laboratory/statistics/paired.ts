import { normalCdf } from './normal.ts'
import { ascending, median } from './quantile.ts'

/** Above so many pairs the normal approximation of the signed-rank test is used; up to it, the exact distribution. */
const EXACT_PAIRS = 25

/**
 * The two-sided p-value of Wilcoxon's signed-rank test on paired differences. Differences of zero are left out; equal ones
 * share their ranks, and the distribution is that of the shared ranks. NaN where any difference is missing (NaN).
 */
export function signedRankTest(differences: readonly number[]): number {
  if (differences.some(Number.isNaN)) return NaN
  const nonzero = differences.filter((difference) => difference !== 0)
  const n = nonzero.length
  if (n === 0) return 1
  const sizes = nonzero.map(Math.abs)
  const { ranks, ties } = rank(sizes)
  let positive = 0
  for (const [at, difference] of nonzero.entries()) if (difference > 0) positive += ranks[at] ?? 0
  const smaller = Math.min(positive, (n * (n + 1)) / 2 - positive)
  if (n <= EXACT_PAIRS) return Math.min(1, 2 * exactTail(ranks, smaller))
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48
  const z = (smaller - (n * (n + 1)) / 4 + 0.5) / Math.sqrt(variance)
  return Math.min(1, 2 * normalCdf(z))
}

/** The median of the means of all pairs of values: by how much one side is typically larger (Hodges and Lehmann 1963). */
export function hodgesLehmann(differences: readonly number[]): number {
  const means = differences.flatMap((a, at) => differences.slice(at).map((b) => (a + b) / 2))
  return median(means)
}

/** Cliff's δ, −1 to 1: how much oftener a value of the first is larger than one of the second, than smaller. */
export function cliffsDelta(first: readonly number[], second: readonly number[]): number {
  let balance = 0
  for (const a of first) for (const b of second) balance += Math.sign(a - b)
  return first.length === 0 || second.length === 0 ? NaN : balance / (first.length * second.length)
}

/** p-values of a family of tests, raised as Holm (1979) asks, in the order given. What is NaN stays NaN, and counts. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues
    .map((p, at) => ({ p, at }))
    .filter(({ p }) => !Number.isNaN(p))
    .sort((a, b) => a.p - b.p)
  const raised = new Array<number>(pValues.length).fill(NaN)
  let least = 0
  for (const [rankOfP, { p, at }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (pValues.length - rankOfP)))
    raised[at] = least
  }
  return raised
}

/** Ranks from 1, equal values sharing the middle one; `ties` is Σ(t³ − t) over groups of equals. */
function rank(values: readonly number[]): { readonly ranks: readonly number[]; readonly ties: number } {
  const sorted = ascending(values)
  const first = new Map<number, number>()
  const last = new Map<number, number>()
  for (const [at, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, at + 1)
    last.set(value, at + 1)
  }
  let ties = 0
  for (const [value, from] of first) {
    const group = (last.get(value) ?? from) - from + 1
    ties += group ** 3 - group
  }
  return { ranks: values.map((value) => ((first.get(value) ?? 0) + (last.get(value) ?? 0)) / 2), ties }
}

/** P(W ≤ w) for these ranks, each with a positive or a negative sign at even odds. Twice a middle rank is a whole number. */
function exactTail(ranks: readonly number[], w: number): number {
  const n = ranks.length
  const most = n * (n + 1)
  let ways = new Array<number>(most + 1).fill(0)
  ways[0] = 1
  for (const rankOfOne of ranks) {
    const next = 2 * rankOfOne
    ways = ways.map((count, total) => count + (total >= next ? (ways[total - next] ?? 0) : 0))
  }
  let below = 0
  for (let total = 0; total <= 2 * w; total++) below += ways[total] ?? 0
  return below / 2 ** n
}
