import { countText } from '../format/numbers.ts'
import type { Column } from './column.ts'

interface NumberColumn<Key> {
  readonly key: Key
  readonly title: string
  readonly about?: string
  readonly width: string
  /** How it is shown: as a count, if nothing else is said. */
  readonly text?: (value: number) => string
}

/** A column of a figure of each row; the largest first, and what is nothing in grey. */
export function numberColumn<Key extends string>({
  key,
  text = countText,
  ...column
}: NumberColumn<Key>): Column<Readonly<Record<Key, number>>> {
  return {
    ...column,
    key,
    isNumber: true,
    first: 'descending',
    value: (row) => row[key],
    cell: (row) => <span class={row[key] === 0 ? 'none' : ''}>{text(row[key])}</span>
  }
}
