import { SeededRandom } from '../../simulation/seeded-random.ts'
import { normalCdf, normalQuantile } from './normal.ts'
import { ascending, mean, quantileOfSorted, sum } from './quantile.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

export type Statistic = (values: readonly number[]) => number

export interface BootstrapOptions {
  /** Samples drawn. The default: 2,000. */
  readonly samples?: number
  /** Part of the samples within. The default: 0.95. */
  readonly level?: number
  readonly seed?: number
}

/**
 * Runs without which no interval of a median can be wrong as seldom as `chance`: not even that from the least value to the
 * largest, which misses when all lie on one side. Six for 5 %.
 */
export function leastRuns(chance: number): number {
  return Math.ceil(1 - Math.log2(chance) - 1e-9)
}

/**
 * The bias-corrected and accelerated bootstrap interval of a statistic (Efron 1987). One run is one value: values within a
 * run hang together, and must not be given one by one. Of fewer values than `leastRuns` wants for the level, or where any
 * is missing (NaN), nothing can be said: both ends are NaN. Values may be infinite.
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: Statistic,
  { samples = 2_000, level = 0.95, seed = 1 }: BootstrapOptions = {}
): Interval {
  const nothing = { low: NaN, high: NaN }
  if (values.length < leastRuns(1 - level) || values.some(Number.isNaN)) return nothing
  const observed = statistic(values)
  const resampled = resample(values, statistic, samples, seed)
  if (Number.isNaN(observed) || resampled.some(Number.isNaN)) return nothing
  const drawn = ascending(resampled)
  // Equal values count half, so that a statistic that hardly varies is not called biased.
  const below = drawn.filter((value) => value < observed).length
  const equal = drawn.filter((value) => value === observed).length
  const share = (below + equal / 2) / samples
  const bias = normalQuantile(Math.min(Math.max(share, 1 / samples), 1 - 1 / samples))
  const acceleration = accelerationOf(values, statistic)
  const end = (p: number): number => {
    const z = bias + normalQuantile(p)
    return quantileOfSorted(drawn, normalCdf(bias + z / (1 - acceleration * z)))
  }
  return { low: end((1 - level) / 2), high: end((1 + level) / 2) }
}

function resample(values: readonly number[], statistic: Statistic, samples: number, seed: number): number[] {
  const random = new SeededRandom(seed, 'bootstrap')
  return Array.from({ length: samples }, () => statistic(values.map(() => values[random.below(values.length)] ?? NaN)))
}

/** By leaving out one value at a time. None where infinite values leave no number. */
function accelerationOf(values: readonly number[], statistic: Statistic): number {
  const left = values.map((_, out) => statistic(values.filter((__, at) => at !== out)))
  const middle = mean(left)
  const cubes = sum(left.map((value) => (middle - value) ** 3))
  const squares = sum(left.map((value) => (middle - value) ** 2))
  const acceleration = cubes / (6 * squares ** 1.5)
  return Number.isFinite(acceleration) ? acceleration : 0
}
