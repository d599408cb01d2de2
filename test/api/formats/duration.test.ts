import { expect, it } from 'vitest'
import { formatDuration, parseDuration, readDuration } from '../../../src/api/formats/duration.ts'

it.each([
  ['1s', 1_000],
  ['1000ms', 1_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['4.1m', 246_000],
  ['1.1s', 1_100],
  ['250us', 1],
  ['1.234567891s', 1_235],
  ['0s', 0],
  ['10000h', 2 ** 31 - 1]
])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

it.each(['', '1', 's', '1 s', '-1s', '1s2', '1d', 'Infinity'])('refuses "%s"', (text) =>
  expect(parseDuration(text)).toBeUndefined()
)

it.each([
  [0, '0 s'],
  [0.84, '0.8 ms'],
  [41.6, '42 ms'],
  [999.9, '1000 ms'],
  [1_500, '1.5 s'],
  [41_600, '42 s'],
  [59_700, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [7_800_000, '2 h 10 min']
])('%d milliseconds are %s', (ms, text) => expect(formatDuration(ms)).toBe(text))

it('of which there is none is refused where one is needed', () => {
  expect(readDuration('90s')).toBe(90_000)
  expect(() => readDuration('soon')).toThrow('invalid duration "soon": expected one like 30s or 1m30s')
})
