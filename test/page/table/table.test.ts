import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../../src/page/table/column.ts'
import { leastWidth } from '../../../src/page/table/least-width.ts'
import { nextOrder, ordered } from '../../../src/page/table/order.ts'
import { rowAfter, scrollToRow, visibleRange } from '../../../src/page/table/visible-range.ts'
import { property } from '../../support/seed.ts'

interface Row {
  readonly id: string
  readonly size?: number | undefined
}

const COLUMNS: readonly Column<Row>[] = [
  { key: 'id', title: 'Id', width: '1fr', value: (row) => row.id, cell: (row) => row.id },
  { key: 'size', title: 'Size', width: '1fr', first: 'descending', value: (row) => row.size, cell: (row) => row.size },
  { key: 'none', title: 'None', width: '1fr', cell: () => '' }
]

const ROWS: readonly Row[] = [{ id: 'b', size: 1 }, { id: 'a' }, { id: 'c', size: 3 }, { id: 'd', size: 1 }]

const ids = (rows: readonly Row[]): string => rows.map(({ id }) => id).join('')

describe('the least width', () => {
  it('has room for each column, the gaps between them, and both ends', () => {
    expect(leastWidth([{ width: '100px' }, { width: 'minmax(50px, 1fr)' }, { width: '1fr' }])).toBe(150 + 2 * 12 + 28)
    expect(leastWidth([])).toBe(28)
  })
})

describe('the order of rows', () => {
  it('is that of a column, either way; what is not known comes last, and equal ones stay', () => {
    expect(ids(ordered(ROWS, COLUMNS, { key: 'id', direction: 'ascending' }))).toBe('abcd')
    expect(ids(ordered(ROWS, COLUMNS, { key: 'size', direction: 'ascending' }))).toBe('bdca')
    expect(ids(ordered(ROWS, COLUMNS, { key: 'size', direction: 'descending' }))).toBe('cbda')
    expect(ids(ordered(ROWS, COLUMNS, { key: 'none', direction: 'ascending' }))).toBe('bacd')
    expect(ids(ROWS)).toBe('bacd')
  })

  it('begins with what one looks for first, and turns around', () => {
    const [id, size] = COLUMNS
    if (id === undefined || size === undefined) throw new Error('no columns')
    const first = nextOrder({ key: 'id', direction: 'ascending' }, size)
    expect(first).toEqual({ key: 'size', direction: 'descending' })
    expect(nextOrder(first, size)).toEqual({ key: 'size', direction: 'ascending' })
    expect(nextOrder(first, id)).toEqual({ key: 'id', direction: 'ascending' })
  })
})

describe('the rows that are drawn', () => {
  it('are all that is seen, and few more', () => {
    const place = fc.record({
      rows: fc.nat(5_000),
      scroll: fc.nat(160_000),
      height: fc.integer({ min: -32, max: 2_000 })
    })
    property(
      fc.property(place, ({ rows, scroll, height }) => {
        const { from, to } = visibleRange(rows, 30, scroll, height)
        const seen = Array.from({ length: rows }, (_, row) => row).filter(
          (row) => row * 30 < scroll + height && (row + 1) * 30 > scroll
        )
        expect(seen.every((row) => row >= from && row < to)).toBe(true)
        expect(from).toBeLessThanOrEqual(to)
        expect(to - from).toBeLessThanOrEqual(Math.ceil(Math.max(0, height) / 30) + 14)
        expect([from >= 0, to <= rows]).toEqual([true, true])
      })
    )
  })

  it('follow the keyboard', () => {
    expect(
      ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'a'].map((key) => rowAfter(key, 5, 20, 8))
    ).toEqual([6, 4, 13, 0, 0, 19, undefined])
    expect(rowAfter('ArrowDown', 19, 20, 8)).toBe(19)
    expect(rowAfter('Home', 0, 0, 8)).toBeUndefined()
    expect([scrollToRow(0, 30, 90, 300), scrollToRow(20, 30, 90, 300), scrollToRow(5, 30, 90, 300)]).toEqual([
      0,
      330,
      undefined
    ])
  })
})
