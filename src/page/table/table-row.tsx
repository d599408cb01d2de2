import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Column } from './column.ts'
import { ROW_PX } from './visible-range.ts'

interface RowProps<Row> {
  readonly row: Row
  readonly index: number
  readonly columns: readonly Column<Row>[]
  readonly isActive: boolean
  readonly isOpen: boolean
  readonly tone: string | undefined
  readonly onFocus: () => void
  readonly onOpen: ((row: Row) => void) | undefined
}

export function TableRow<Row>(props: RowProps<Row>): JSX.Element {
  const { row, index, columns, tone } = props
  // A row that has not changed is not drawn again: what grows by itself in it, such as an age, is a signal.
  const cells = useMemo(
    () =>
      columns.map((column) => (
        <div key={column.key} role="gridcell" class={cellClass(column)}>
          {column.cell(row)}
        </div>
      )),
    [row, columns]
  )
  return (
    <div
      class={tone === undefined ? 'row' : `row ${tone}`}
      role="row"
      tabIndex={props.isActive ? 0 : -1}
      aria-rowindex={index + 2}
      aria-selected={props.isOpen}
      style={{ transform: `translateY(${index * ROW_PX}px)` }}
      onFocus={props.onFocus}
      onClick={() => props.onOpen?.(row)}
    >
      {cells}
    </div>
  )
}

function cellClass<Row>({ isNumber, isMono }: Column<Row>): string {
  return `cell${isNumber === true ? ' number' : ''}${isMono === true ? ' mono' : ''}`
}
