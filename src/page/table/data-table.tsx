import { useSignal, useComputed, type ReadonlySignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useRef } from 'preact/hooks'
import type { Column, SortOrder } from './column.ts'
import { leastWidth } from './least-width.ts'
import { ordered } from './order.ts'
import { TableHead } from './table-head.tsx'
import { TableRow } from './table-row.tsx'
import { useGrid } from './use-grid.ts'
import { ROW_PX } from './visible-range.ts'

export interface DataTableProps<Row> {
  readonly label: string
  readonly rows: ReadonlySignal<readonly Row[]>
  readonly columns: readonly Column<Row>[]
  readonly sort: SortOrder
  /** Opens a row: by a click, or by Enter. */
  readonly onOpen?: ((row: Row) => void) | undefined
  readonly opened?: string | undefined
  /** Marks a row: `bad`, `warn`, `quiet`. */
  readonly tone?: ((row: Row) => string | undefined) | undefined
  /** What stands where no row does. */
  readonly empty: ComponentChildren
}

/**
 * A table of any length that can be sorted, of which only what is seen is drawn. One stop of the Tab key: arrows, Page Up and
 * Down, Home and End go from row to row, Enter opens one.
 */
export function DataTable<Row extends { readonly id: string }>(props: DataTableProps<Row>): JSX.Element {
  const { label, columns, empty, onOpen } = props
  const order = useSignal(props.sort)
  const sorted = useComputed(() => ordered(props.rows.value, columns, order.value))
  const scroller = useRef<HTMLDivElement>(null)
  const { drawn, activeIndex, active, onKeyDown } = useGrid(sorted.value, scroller, onOpen)
  const { length } = sorted.value
  return (
    <div
      class={onOpen === undefined ? 'table' : 'table can-open'}
      role="grid"
      aria-label={label}
      aria-rowcount={length + 1}
      aria-colcount={columns.length}
      style={{ '--columns': columns.map(({ width }) => width).join(' '), '--least': `${leastWidth(columns)}px` }}
      ref={scroller}
      onKeyDown={onKeyDown}
    >
      <TableHead columns={columns} order={order} />
      <div class="table-body" role="rowgroup" style={{ height: `${length * ROW_PX}px` }}>
        {drawn.map(({ row, index }) => (
          <TableRow
            key={row.id}
            row={row}
            index={index}
            columns={columns}
            isActive={index === activeIndex}
            isOpen={row.id === props.opened}
            tone={props.tone?.(row)}
            onFocus={() => (active.value = row.id)}
            onOpen={onOpen}
          />
        ))}
      </div>
      {length === 0 && <div class="table-empty">{empty}</div>}
    </div>
  )
}
