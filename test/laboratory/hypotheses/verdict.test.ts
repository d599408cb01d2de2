import { expect, test } from 'vitest'
import { verdictOf, wholeVerdict } from '../../../src/laboratory/hypotheses/verdict.ts'
import { leastRuns } from '../../../src/laboratory/statistics/bootstrap.ts'

test.each([
  [{ low: 0.96, high: 0.99 }, { from: 0.95 }, 'supported'],
  [{ low: 0.95, high: 0.95 }, { from: 0.95 }, 'supported'],
  [{ low: 0.9, high: 0.94 }, { from: 0.95 }, 'refuted'],
  [{ low: 0.9, high: 0.99 }, { from: 0.95 }, 'undecided'],
  [{ low: 1.2, high: 1.5 }, { from: 0.9, to: 1.1 }, 'refuted'],
  [{ low: 0.8, high: 1.2 }, { from: 0.9, to: 1.1 }, 'undecided'],
  [{ low: NaN, high: NaN }, { to: 1 }, 'undecided'],
  [{ low: Infinity, high: Infinity }, { to: 2 }, 'refuted']
] as const)('%o within %o is %s', (interval, bound, verdict) => {
  expect(verdictOf(interval, bound)).toBe(verdict)
})

test('a hypothesis falls with one claim, and stands with all', () => {
  expect(wholeVerdict(['supported', 'supported'])).toBe('supported')
  expect(wholeVerdict(['supported', 'undecided'])).toBe('undecided')
  expect(wholeVerdict(['undecided', 'refuted'])).toBe('refuted')
  expect(wholeVerdict([])).toBe('undecided')
})

test.each([
  [0.05, 6],
  [0.0125, 8],
  [0.01, 8]
])('a chance of error of %d asks for %i runs', (chance, runs) => {
  expect(leastRuns(chance)).toBe(runs)
})
