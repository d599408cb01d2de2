import type { RateSample } from './rate-history.ts'

/** Columns of the chart: seconds, then what is in, stacked upwards, and what is out, stacked downwards. */
export type Columns = readonly [
  seconds: number[],
  inAll: Column,
  inBlocks: Column,
  inPayload: Column,
  outAll: Column,
  outPayload: Column
]

type Column = (number | null)[]

/**
 * Rates as areas that lie on each other: each column is the sum of what is below it, so that the one painted later covers
 * the lower part of the one before. A gap in what was heard is a gap in the chart.
 */
export function stackedColumns(samples: readonly RateSample[]): Columns {
  const columns: Columns = [[], [], [], [], [], []]
  for (const { at, flows } of samples) {
    columns[0].push(at / 1000)
    columns[1].push(flows === undefined ? null : flows.in.payload + flows.in.duplicate + flows.in.overhead)
    columns[2].push(flows === undefined ? null : flows.in.payload + flows.in.duplicate)
    columns[3].push(flows === undefined ? null : flows.in.payload)
    columns[4].push(flows === undefined ? null : -(flows.out.payload + flows.out.duplicate + flows.out.overhead))
    columns[5].push(flows === undefined ? null : -(flows.out.payload + flows.out.duplicate))
  }
  return columns
}

/** The end of the scale, for both directions: a round figure, and never a chart of noise about nothing. */
export function scaleEnd(least: number, most: number): number {
  const peak = Math.max(-least, most, 1_000)
  const power = 10 ** Math.floor(Math.log10(peak))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= peak * 1.05) ?? 15
  return step * power
}
