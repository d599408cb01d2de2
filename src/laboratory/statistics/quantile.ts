/** The q-quantile (0 to 1) of sorted values, between two of them in proportion (type 7 of Hyndman and Fan). NaN for none. */
export function quantileOfSorted(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)]
  const high = sorted[Math.ceil(at)]
  if (low === undefined || high === undefined) return NaN
  // Halfway between an infinite value and a finite one is the infinite one.
  if (low === high || (low === -Infinity && high < Infinity)) return low
  return low + (high - low) * (at - Math.floor(at))
}

/** Of values in any order. NaN for none, and where any value is missing (NaN): it has no place among the others. */
export function quantile(values: readonly number[], q: number): number {
  if (values.some(Number.isNaN)) return NaN
  return quantileOfSorted(ascending(values), q)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? NaN : sum(values) / values.length
}

export function sum(values: readonly number[]): number {
  let total = 0
  for (const value of values) total += value
  return total
}

export function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}
