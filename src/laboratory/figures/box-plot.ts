import { quantile } from '../statistics/quantile.ts'
import { extent, type Series } from './cdf.ts'
import { namedFrame } from './frame.ts'
import { colourOf, element } from './svg.ts'

const MAX_POINTS = 60

/** A box for each series: the quartiles, whiskers to the last value within one and a half times their distance, and points. */
export function boxFigure(title: string, yLabel: string, series: readonly Series[]): string {
  const filled = series.filter(({ values }) => values.length > 0)
  if (filled.length === 0) return ''
  const [low, high] = extent(filled.flatMap(({ values }) => values))
  const options = {
    title,
    xLabel: '',
    names: filled.map(({ name }) => name),
    y: { label: yLabel, domain: [Math.min(0, low), high] as const }
  }
  return namedFrame(options, (x, step, y) =>
    filled.map(({ name, values }, index) => box(values, x(name), Math.min(step * 0.5, 60), y, colourOf(index))).join('')
  )
}

function box(
  values: readonly number[],
  at: number,
  width: number,
  y: (value: number) => number,
  colour: string
): string {
  const [first, middle, third] = [quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)]
  const reach = 1.5 * (third - first)
  const [low, high] = extent(values.filter((value) => value >= first - reach && value <= third + reach))
  const [left, right] = [at - width / 2, at + width / 2]
  const outline = { stroke: colour, 'stroke-width': 1.5 }
  return [
    element('path', { d: `M${at} ${y(low)}V${y(first)}M${at} ${y(third)}V${y(high)}`, ...outline }),
    element('rect', {
      x: left,
      y: y(third),
      width,
      height: Math.max(1, y(first) - y(third)),
      fill: colour,
      'fill-opacity': 0.15,
      ...outline
    }),
    element('path', { d: `M${left} ${y(middle)}H${right}`, stroke: colour, 'stroke-width': 3 }),
    ...thinned(values).map((value, index) =>
      // Beside each other, so that equal values are seen.
      element('circle', {
        cx: at + ((index % 7) - 3) * (width / 12),
        cy: y(value),
        r: 1.5,
        fill: colour,
        'fill-opacity': 0.5
      })
    )
  ].join('')
}

function thinned(values: readonly number[]): readonly number[] {
  const step = Math.ceil(values.length / MAX_POINTS)
  return values.filter((_, index) => index % step === 0)
}
