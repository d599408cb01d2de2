import type { Column } from './column.ts'

/** Between columns, and at both ends; `.table .row` of the styles has the same. */
const GAP_PX = 12
const ENDS_PX = 28

/** The width that columns need, in pixels: below it, a table scrolls sideways. */
export function leastWidth(columns: readonly Pick<Column<never>, 'width'>[]): number {
  const widths = columns.map(({ width }) => Number(/(\d+)px/u.exec(width)?.[1] ?? 0))
  return widths.reduce((sum, width) => sum + width, ENDS_PX + GAP_PX * Math.max(0, columns.length - 1))
}
