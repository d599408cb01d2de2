import { expect, it } from 'vitest'
import { parseTimeText, timeText } from '../../../src/api/formats/file-time.ts'

// As Kubo 0.43 writes them.
it.each([
  ['2026-11-01T10:30:00Z', 1_793_529_000, 0],
  ['2023-11-20T10:00:00.5Z', 1_700_474_400, 500_000_000],
  ['2026-11-22T01:31:42.846513527Z', 1_795_311_102, 846_513_527],
  ['1969-12-31T23:59:59.000000001Z', -1, 1],
  ['0000-01-01T00:00:00Z', -62_167_219_200, 0]
])('%s is written and read', (text, seconds, nanoseconds) => {
  expect(timeText({ seconds, nanoseconds })).toBe(text)
  expect(parseTimeText(text)).toEqual({ seconds, nanoseconds })
})

it.each([
  undefined,
  { seconds: 2 ** 53, nanoseconds: 0 },
  { seconds: -62_167_219_201, nanoseconds: 0 },
  { seconds: 0, nanoseconds: 1_000_000_000 }
])('what is no date is no time: %o', (time) => {
  expect(timeText(time)).toBe('0001-01-01T00:00:00Z')
})

it.each(['0001-01-01T00:00:00Z', '', 'soon', '2026-13-01T00:00:00Z', '2026-11-01 10:30'])(
  'reads no time from "%s"',
  (text) => {
    expect(parseTimeText(text)).toBeUndefined()
  }
)
