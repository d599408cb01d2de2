import { expect, test } from 'vitest'
import { SlowStart } from '../../src/simulation/slow-start.ts'

const WINDOW = 14_600

test('what was sent beyond a window that a loss made smaller is not sent again', () => {
  // Only the second message meets a loss: the window of two rounds shrinks to one, most of which is used already.
  const draws = [1, 0, 1]
  const random = { next: () => draws.shift() ?? 1 }
  const path = new SlowStart(1_000_000, 0.0001, random)
  // One window, then nearly all of the next, which is twice as large.
  expect(path.wait(0, WINDOW + 28_000, 100)).toBe(100)
  expect(path.wait(110, 100, 100)).toBe(100)
  // Nothing fits into this round any more, and all of it into the next.
  expect(path.wait(120, WINDOW, 100)).toBe(80)
})
