export interface VisibleRange {
  readonly from: number
  /** Not included. */
  readonly to: number
}

/** Height of a row; `--row` of the styles is the same. */
export const ROW_PX = 30

/** Height of the names of the columns. */
export const HEAD_PX = 32

/** Rows drawn beyond both edges, so that a short scroll shows no gap. */
const MARGIN = 6

/** The rows of a long list that are worth drawing. */
export function visibleRange(rows: number, rowPx: number, scrollPx: number, heightPx: number): VisibleRange {
  const first = Math.floor(Math.max(0, scrollPx) / rowPx)
  const last = Math.ceil((Math.max(0, scrollPx) + Math.max(0, heightPx)) / rowPx)
  const to = Math.min(rows, last + MARGIN)
  return { from: Math.max(0, Math.min(first - MARGIN, to)), to }
}

/** Where to scroll to so that a row is seen whole; undefined when it is. */
export function scrollToRow(row: number, rowPx: number, scrollPx: number, heightPx: number): number | undefined {
  const top = row * rowPx
  if (top < scrollPx) return top
  return top + rowPx > scrollPx + heightPx ? top + rowPx - heightPx : undefined
}

/** The row that a key leads to; undefined for a key that leads to none. */
export function rowAfter(key: string, from: number, rows: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: rows - 1
  }
  const to = steps[key]
  return to === undefined || rows === 0 ? undefined : Math.max(0, Math.min(rows - 1, to))
}
