/** Jain's index of values that are 0 or more: 1 when all are equal, 1/n when one has everything. NaN for none. */
export function jain(values: readonly number[]): number {
  let [sum, squares] = [0, 0]
  for (const value of values) {
    sum += value
    squares += value * value
  }
  if (values.length === 0) return NaN
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares)
}

/** The Gini coefficient of values that are 0 or more: 0 when all are equal, near 1 when one has everything. */
export function gini(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  let [sum, ranked] = [0, 0]
  for (const [index, value] of sorted.entries()) {
    sum += value
    ranked += value * (index + 1)
  }
  if (sorted.length === 0) return NaN
  return sum === 0 ? 0 : (2 * ranked) / (sorted.length * sum) - (sorted.length + 1) / sorted.length
}
