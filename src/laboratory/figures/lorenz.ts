import { ascending } from '../statistics/quantile.ts'
import type { Series } from './cdf.ts'
import { lineFigure, type LinePoint } from './line-figure.ts'

/** More than can be told apart. */
const MAX_POINTS = 100

/** What part of all the part of them has that has least: a diagonal when all have the same. */
export function lorenzFigure(title: string, xLabel: string, yLabel: string, series: readonly Series[]): string {
  const curves = series.flatMap(({ name, values }) => {
    const points = lorenzPoints(values)
    return points.length === 0 ? [] : [{ name, points }]
  })
  if (curves.length === 0) return ''
  const equality = {
    name: 'all the same',
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 }
    ]
  }
  return lineFigure({ title, x: { label: xLabel }, y: { label: yLabel } }, [...curves, equality])
}

/** From (0, 0) to (1, 1); none when nobody has anything. */
export function lorenzPoints(values: readonly number[]): LinePoint[] {
  const sorted = ascending(values)
  const total = sorted.reduce((sum, value) => sum + value, 0)
  if (total === 0) return []
  const step = Math.ceil(sorted.length / MAX_POINTS)
  const points: LinePoint[] = [{ x: 0, y: 0 }]
  let sum = 0
  for (const [index, value] of sorted.entries()) {
    sum += value
    const count = index + 1
    if (count % step === 0 || count === sorted.length) points.push({ x: count / sorted.length, y: sum / total })
  }
  return points
}
