import { curveStepAfter, line } from 'd3-shape'
import { ascending } from '../statistics/quantile.ts'
import { frame } from './frame.ts'
import { element, strokeOf } from './svg.ts'

export interface Series {
  readonly name: string
  readonly values: readonly number[]
  /** Of how many, when some have no value, such as those that never came to an end. As many as values by default. */
  readonly count?: number
}

/** Part of the values up to x, for each series; x runs logarithmically when all values are above 0. */
export function cdfFigure(title: string, xLabel: string, series: readonly Series[]): string {
  const all = series.flatMap(({ values }) => values)
  if (all.length === 0) return ''
  const [low, high] = extent(all)
  const isLog = low > 0 && high / low > 3
  const options = {
    title,
    x: { label: xLabel, domain: [low, high] as const, isLog },
    y: { label: 'part of them', domain: [0, 1] as const },
    legend: series.map(({ name }) => name)
  }
  return frame(options, (x, y) =>
    series
      .map(({ values, count = values.length }, index) => {
        const sorted = ascending(values)
        const steps = sorted.map((value, at): [number, number] => [x(value), y((at + 1) / count)])
        const first: [number, number] = [x(sorted[0] ?? low), y(0)]
        const path = line().curve(curveStepAfter)([first, ...steps]) ?? ''
        return element('path', { d: path, ...strokeOf(index), 'stroke-width': 1.5 })
      })
      .join('')
  )
}

export function extent(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}
