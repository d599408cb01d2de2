import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Column, SortOrder } from './column.ts'
import { nextOrder } from './order.ts'

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly order: Signal<SortOrder>
}

/** Names of the columns; a press sorts by one. */
export function TableHead<Row>({ columns, order }: HeadProps<Row>): JSX.Element {
  const { key, direction } = order.value
  return (
    <div class="table-head" role="rowgroup">
      <div class="row" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <div
            key={column.key}
            role="columnheader"
            class={column.isNumber === true ? 'cell number' : 'cell'}
            aria-sort={column.value === undefined ? undefined : column.key === key ? direction : 'none'}
            title={column.about}
          >
            {column.value === undefined ? (
              column.title
            ) : (
              <button type="button" onClick={() => (order.value = nextOrder(order.value, column))}>
                {column.title}
              </button>
            )}
          </div>
        ))}
      </div>
    </div>
  )
}
