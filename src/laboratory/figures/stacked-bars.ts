import { namedFrame } from './frame.ts'
import { colourOf, element } from './svg.ts'

export interface Bar {
  readonly name: string
  /** One value for each part, in the order of the legend, the lowest first. */
  readonly parts: readonly number[]
}

/** Bars of parts, one upon the other. */
export function stackedBarsFigure(
  title: string,
  yLabel: string,
  legend: readonly string[],
  bars: readonly Bar[]
): string {
  if (bars.length === 0) return ''
  const top = Math.max(...bars.map(({ parts }) => parts.reduce((sum, part) => sum + part, 0)))
  const options = {
    title,
    xLabel: '',
    legend,
    names: bars.map(({ name }) => name),
    y: { label: yLabel, domain: [0, top] as const }
  }
  return namedFrame(options, (x, step, y) =>
    bars
      .map(({ name, parts }) => {
        const width = Math.min(step * 0.6, 70)
        let below = 0
        return parts
          .map((part, index) => {
            const [bottom, height] = [y(below), y(below) - y(below + part)]
            below += part
            const place = { x: x(name) - width / 2, y: bottom - height, width, height }
            return height <= 0 ? '' : element('rect', { ...place, fill: colourOf(index) })
          })
          .join('')
      })
      .join('')
  )
}
