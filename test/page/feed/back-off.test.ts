import { expect, it } from 'vitest'
import { backOffMs } from '../../../src/page/feed/back-off.ts'

it('waits longer after each failure, up to a quarter of a minute, and never all at once', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1_000].map((attempt) => backOffMs(attempt, 1))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000
  ])
  expect(backOffMs(3, 0)).toBe(3_000)
})
