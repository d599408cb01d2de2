import { area, line } from 'd3-shape'
import { extent } from './cdf.ts'
import { frame, type Axis } from './frame.ts'
import { colourOf, element, strokeOf } from './svg.ts'

export interface LinePoint {
  readonly x: number
  readonly y: number
  /** Ends of the interval around y. */
  readonly low?: number
  readonly high?: number
}

export interface LineSeries {
  readonly name: string
  readonly points: readonly LinePoint[]
}

export interface LineOptions {
  readonly title: string
  readonly x: Omit<Axis, 'domain'>
  readonly y: Omit<Axis, 'domain'>
}

/** Lines over x, with a band where an interval is known. */
export function lineFigure(options: LineOptions, series: readonly LineSeries[]): string {
  const points = series.flatMap((one) => one.points)
  if (points.length === 0) return ''
  const bounds = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]).filter(Number.isFinite)
  const [low, high] = extent(bounds)
  const x = { ...options.x, domain: extent(points.map((point) => point.x)) }
  const y = { ...options.y, domain: [options.y.isLog === true ? low : Math.min(0, low), high] as const }
  const legend = series.map(({ name }) => name)
  return frame({ title: options.title, x, y, legend }, (toX, toY) =>
    series
      .map((one, index) => {
        const colour = colourOf(index)
        const banded = one.points.filter((point) => Number.isFinite(point.low) && Number.isFinite(point.high))
        const band = area<LinePoint>(
          (point) => toX(point.x),
          (point) => toY(point.low ?? point.y),
          (point) => toY(point.high ?? point.y)
        )(banded)
        const path = line<LinePoint>(
          (point) => toX(point.x),
          (point) => toY(point.y)
        )(one.points)
        const dots = one.points.map((point) =>
          element('circle', { cx: toX(point.x), cy: toY(point.y), r: 2.5, fill: colour })
        )
        return [
          element('path', { d: band ?? '', fill: colour, 'fill-opacity': 0.15 }),
          element('path', { d: path ?? '', ...strokeOf(index), 'stroke-width': 1.5 }),
          ...dots
        ].join('')
      })
      .join('')
  )
}
