import type { Column, SortOrder } from './column.ts'

/** Rows in the order of a column. Equal ones stay as they came. */
export function ordered<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { key, direction }: SortOrder
): readonly Row[] {
  const valueOf = columns.find((column) => column.key === key)?.value
  if (valueOf === undefined) return rows
  const sign = direction === 'ascending' ? 1 : -1
  // Values once for each row, not once for each comparison.
  const keyed = rows.map((row) => ({ row, value: valueOf(row) }))
  keyed.sort((a, b) => compareValues(a.value, b.value, sign))
  return keyed.map(({ row }) => row)
}

/** Numbers before texts; what is not known comes last, whichever way round. */
function compareValues(a: number | string | undefined, b: number | string | undefined, sign: number): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  if (typeof a === 'number') return typeof b === 'number' ? sign * (a - b) : -1
  return typeof b === 'number' ? 1 : sign * (a < b ? -1 : 1)
}

/** The order after a press on the head of a column: its own first, then the other way round. */
export function nextOrder<Row>(current: SortOrder, column: Column<Row>): SortOrder {
  const first = column.first ?? 'ascending'
  if (current.key !== column.key) return { key: column.key, direction: first }
  return { key: column.key, direction: current.direction === 'ascending' ? 'descending' : 'ascending' }
}
