/** Counts values by how large they are. Pure. What is counted so costs a few comparisons each. */
export class Tally {
  readonly bounds: readonly number[]
  /** Values up to each bound and above the one before it; the last are above all bounds. Bounded: by `bounds`. */
  readonly counts: number[]
  sum = 0

  /** `bounds` ascend. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  add(value: number): void {
    let place = 0
    while (place < this.bounds.length && value > (this.bounds[place] ?? Infinity)) place++
    this.counts[place] = (this.counts[place] ?? 0) + 1
    this.sum += value
  }

  get total(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }
}
