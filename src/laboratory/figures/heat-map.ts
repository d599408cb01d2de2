import { element, label, svgDocument } from './svg.ts'

export interface HeatMap {
  readonly title: string
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Row by row; NaN where nothing was measured. */
  readonly values: readonly (readonly number[])[]
  /** Text in a cell. */
  readonly format: (value: number) => string
}

const CELL_WIDTH = 72
const CELL_HEIGHT = 26
const LEFT = 150
const TOP = 110

/** A cell for each pair, from white for the least to blue for the most. */
export function heatMapFigure({ title, rows, columns, values, format }: HeatMap): string {
  const known = values.flat().filter(Number.isFinite)
  if (known.length === 0) return ''
  const [low, high] = [Math.min(...known), Math.max(...known)]
  const cells = rows.flatMap((_row, r) =>
    columns.map((_column, c) => cell(values[r]?.[c] ?? NaN, LEFT + c * CELL_WIDTH, TOP + r * CELL_HEIGHT))
  )
  const width = LEFT + columns.length * CELL_WIDTH + 16
  const height = TOP + rows.length * CELL_HEIGHT + 16
  const parts = [
    element('rect', { width, height, fill: '#ffffff' }),
    label(title, 8, 20, { 'font-weight': 'bold' }),
    ...columns.map((name, c) =>
      label(name, 0, 0, {
        transform: `translate(${LEFT + (c + 0.5) * CELL_WIDTH} ${TOP - 8}) rotate(-35)`,
        'font-size': 11
      })
    ),
    ...rows.map((name, r) =>
      label(name, LEFT - 8, TOP + r * CELL_HEIGHT + 17, { 'text-anchor': 'end', 'font-size': 11 })
    ),
    ...cells
  ]
  return svgDocument(width, height, parts)

  function cell(value: number, x: number, y: number): string {
    const share = high === low ? 0.5 : (value - low) / (high - low)
    const shape = { x, y, width: CELL_WIDTH - 2, height: CELL_HEIGHT - 2 }
    if (!Number.isFinite(value)) return element('rect', { ...shape, fill: '#eeeeee' })
    const ink = share > 0.6 ? '#ffffff' : '#000000'
    return (
      element('rect', { ...shape, fill: '#0072b2', 'fill-opacity': 0.08 + 0.92 * share }) +
      label(format(value), x + CELL_WIDTH / 2, y + 16, { 'text-anchor': 'middle', fill: ink, 'font-size': 11 })
    )
  }
}
