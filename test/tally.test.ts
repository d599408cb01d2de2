import { expect, it } from 'vitest'
import { Tally } from '../src/tally.ts'

it('counts a value where it first fits, and above all bounds', () => {
  const tally = new Tally([10, 20])
  for (const value of [0, 10, 11, 20, 21, 1_000]) tally.add(value)
  expect([tally.counts, tally.sum, tally.total]).toEqual([[2, 2, 2], 1_062, 6])
})
