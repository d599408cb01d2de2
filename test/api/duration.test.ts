import { expect, it } from 'vitest'
import { parseDuration } from '../../src/api/duration.ts'

it.each([
  ['1s', 1_000],
  ['1000ms', 1_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['250us', 0.25],
  ['10000h', 2 ** 31 - 1]
])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms))

it.each(['', '1', 's', '1 s', '-1s', '1s2', '1d', 'Infinity'])('refuses "%s"', (text) =>
  expect(parseDuration(text)).toBeUndefined()
)
