import { expect, it } from 'vitest'
import { columns } from '../../src/cli/columns.ts'

const ROWS = [
  ['Hash', 'Size', 'Name'],
  ['one', '1', 'a longer name'],
  ['', '12345', '']
]

it.each([
  [{}, ['Hash Size  Name', 'one  1     a longer name', '     12345 ']],
  [{ gap: 2 }, ['Hash  Size   Name', 'one   1      a longer name', '      12345  ']],
  [{ least: 6 }, ['Hash  Size  Name', 'one   1     a longer name', '      12345 ']]
])('cells stand below each other: %o', (options, lines) => {
  expect(columns(ROWS, options)).toEqual(lines)
})

it('of nothing there are none', () => expect(columns([])).toEqual([]))
