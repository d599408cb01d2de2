import { useSignal, type Signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useViewport } from './use-viewport.ts'
import { HEAD_PX, ROW_PX, rowAfter, scrollToRow, visibleRange } from './visible-range.ts'

type Element = { readonly current: HTMLElement | null }
type Identified = { readonly id: string }

interface Grid<Row> {
  readonly drawn: readonly { readonly row: Row; readonly index: number }[]
  /** The row that the Tab key leads to. */
  readonly activeIndex: number
  readonly active: Signal<string | undefined>
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** Which rows are drawn, and which of them the keyboard is at. */
export function useGrid<Row extends Identified>(
  rows: readonly Row[],
  scroller: Element,
  onOpen: ((row: Row) => void) | undefined
): Grid<Row> {
  const active = useSignal<string | undefined>(undefined)
  const view = useViewport(scroller)
  const { top, height } = view.value
  const { from, to } = visibleRange(rows.length, ROW_PX, top, height - HEAD_PX)
  const activeIndex = indexOf(rows, active.value)
  const drawn = rows.slice(from, to).map((row, at) => ({ row, index: from + at }))
  const kept = active.value === undefined ? undefined : rows[activeIndex]
  // Whoever has the focus keeps it, out of sight, too.
  if (kept !== undefined && (activeIndex < from || activeIndex >= to)) drawn.push({ row: kept, index: activeIndex })
  useFocusedRow(scroller, active.value === undefined ? undefined : activeIndex)
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.floor((height - HEAD_PX) / ROW_PX)
    const next = rowAfter(event.key, activeIndex, rows.length, page)
    const row = rows[next ?? activeIndex]
    if (row === undefined || !(event.target as HTMLElement).matches('[role=row]')) return
    if (next === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (next === undefined) {
      onOpen?.(row)
      return
    }
    active.value = row.id
    const scroll = scrollToRow(next, ROW_PX, top, height - HEAD_PX)
    if (scroll !== undefined) scroller.current?.scrollTo({ top: scroll })
  }
  return { drawn, activeIndex, active, onKeyDown }
}

/** Where a row is now; the first, when it is gone or none was chosen. */
function indexOf(rows: readonly Identified[], id: string | undefined): number {
  if (id === undefined) return 0
  return Math.max(
    0,
    rows.findIndex((row) => row.id === id)
  )
}

/** Gives the focus to the row that was chosen by a key; and back to a row when the one that had it is gone. */
function useFocusedRow(scroller: Element, index: number | undefined): void {
  const hadFocus = useRef(false)
  useLayoutEffect(() => {
    const table = scroller.current
    if (table === null) return
    const entered = (): void => void (hadFocus.current = true)
    // Nothing to go to: the row went, not the focus.
    const left = ({ relatedTarget }: FocusEvent): void => {
      if (relatedTarget !== null) hadFocus.current = table.contains(relatedTarget as Node)
    }
    table.addEventListener('focusin', entered)
    table.addEventListener('focusout', left)
    return () => {
      table.removeEventListener('focusin', entered)
      table.removeEventListener('focusout', left)
    }
  }, [])
  useLayoutEffect(() => {
    const { activeElement } = document
    if (index === undefined || !hadFocus.current) return
    const isOurs = activeElement === document.body || activeElement?.matches('[role=row]') === true
    if (isOurs) scroller.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus({ preventScroll: true })
  })
}
