import type { ComponentChildren } from 'preact'

export interface Column<Row> {
  readonly key: string
  readonly title: string
  /** What the column means, for whoever points at its head. */
  readonly about?: string
  /** As CSS grid takes it. */
  readonly width: string
  readonly isNumber?: boolean
  readonly isMono?: boolean
  /** What it is sorted by; a column without it cannot be sorted. */
  readonly value?: (row: Row) => number | string | undefined
  /** The order of the first press. */
  readonly first?: Direction
  readonly cell: (row: Row) => ComponentChildren
}

export type Direction = 'ascending' | 'descending'

export interface SortOrder {
  readonly key: string
  readonly direction: Direction
}
