import { frame } from './frame.ts'
import { element, label } from './svg.ts'

export interface Overlay {
  readonly name: string
  readonly published: number
  readonly ours: number
  /** As a part of what was published. */
  readonly tolerance: number
  readonly passed: boolean
}

/** Furthest from the published value that is drawn to scale; beyond, a value stands at the edge. */
const REACH = 1

/** Ours as a part of what was published, a row for each number: a band where it may lie, and a dot where it does. */
export function overlayFigure(title: string, overlays: readonly Overlay[]): string {
  if (overlays.length === 0) return ''
  const options = {
    title,
    x: { label: 'ours ÷ published', domain: [1 - REACH, 1 + REACH] as const },
    y: { label: '', domain: [0, overlays.length] as const }
  }
  return frame(options, (x, y) =>
    overlays
      .map(({ name, published, ours, tolerance, passed }, row) => {
        const at = y(overlays.length - row - 0.5)
        const share = Math.min(
          Math.max(published === 0 ? (ours === 0 ? 1 : 2) : ours / published, 1 - REACH),
          1 + REACH
        )
        const colour = passed ? '#009e73' : '#d55e00'
        const half = Math.max(tolerance, 0.004)
        return [
          element('rect', {
            x: x(1 - half),
            y: at - 7,
            width: x(1 + half) - x(1 - half),
            height: 14,
            fill: '#56b4e9',
            'fill-opacity': 0.4
          }),
          element('circle', { cx: x(share), cy: at, r: 4.5, fill: colour }),
          label(name, x(1 - REACH) + 6, at - 10, { 'font-size': 10, fill: '#444444' })
        ].join('')
      })
      .join('')
  )
}
