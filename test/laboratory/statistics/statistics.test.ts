import { describe, expect, test } from 'vitest'
import { bootstrapInterval } from '../../../src/laboratory/statistics/bootstrap.ts'
import { normalCdf, normalQuantile } from '../../../src/laboratory/statistics/normal.ts'
import { cliffsDelta, hodgesLehmann, holm, signedRankTest } from '../../../src/laboratory/statistics/paired.ts'
import { mean, median, quantile } from '../../../src/laboratory/statistics/quantile.ts'
import { SeededRandom } from '../../../src/simulation/seeded-random.ts'

describe('quantile', () => {
  test.each([
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 2, 3], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.9, 4.6],
    [[7], 0.1, 7]
  ])('of %j at %d is %d', (values, q, expected) => {
    expect(quantile(values, q)).toBeCloseTo(expected, 12)
  })

  test('of nothing is no number', () => {
    expect(median([])).toBeNaN()
    expect(mean([])).toBeNaN()
  })

  test('of values of which one is missing is no number, and of infinite ones it is', () => {
    expect(median([5, NaN, 1, 2])).toBeNaN()
    expect(median([-Infinity, 3])).toBe(-Infinity)
    expect(median([3, Infinity])).toBe(Infinity)
  })
})

describe('the normal distribution', () => {
  test.each([
    [0, 0.5],
    [1.96, 0.9750021],
    [-1.2815516, 0.1]
  ])('is below %d with a probability of %d', (z, p) => {
    expect(normalCdf(z)).toBeCloseTo(p, 6)
    expect(normalQuantile(p)).toBeCloseTo(z, 4)
  })
})

describe('the signed-rank test', () => {
  // Table of exact probabilities: n = 5, all of one sign: 2 / 32.
  test('is exact for few pairs', () => {
    expect(signedRankTest([1, 2, 3, 4, 5])).toBeCloseTo(0.0625, 12)
    expect(signedRankTest([-1, 2, 3, 4, 5, 6])).toBeCloseTo(0.0625, 12)
  })

  // R: wilcox.test(c(1.83,.5,1.62,2.48,1.68,1.88,1.55,3.06,1.3), c(.878,.647,.598,2.05,1.06,1.29,1.06,3.14,1.29), paired=TRUE)
  test('agrees with a published example', () => {
    const differences = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01]
    expect(signedRankTest(differences)).toBeCloseTo(0.03906, 4)
  })

  test('finds nothing where there is nothing, and shares ranks', () => {
    expect(signedRankTest([0, 0])).toBe(1)
    expect(signedRankTest([1, -1, 1, -1])).toBe(1)
  })

  // By counting: of the 32 signs of five ranks of 3, two are as far off; of the 8 of ranks 1.5, 1.5 and 3, two and six.
  test('is exact where ranks are shared, too', () => {
    expect(signedRankTest([2, 2, 2, 2, 2])).toBeCloseTo(0.0625, 12)
    expect(signedRankTest([1, 1, 5])).toBeCloseTo(0.25, 12)
    expect(signedRankTest([-1, 1, 5])).toBeCloseTo(0.75, 12)
    expect(signedRankTest([Infinity, Infinity, Infinity, Infinity, Infinity])).toBeCloseTo(0.0625, 12)
  })

  test('says nothing where a difference is missing, which takes nothing from the others of its family', () => {
    expect(signedRankTest([1, NaN, 2])).toBeNaN()
    expect(holm([NaN, 0.01])).toEqual([NaN, 0.02])
  })
})

test('Hodges and Lehmann: the median of the means of pairs', () => {
  expect(hodgesLehmann([1, 2, 9])).toBe(3.5)
})

test("Cliff's delta goes from -1 to 1", () => {
  expect(cliffsDelta([1, 2], [3, 4])).toBe(-1)
  expect(cliffsDelta([3, 4], [1, 2])).toBe(1)
  expect(cliffsDelta([1, 2], [1, 2])).toBe(0)
})

test('Holm raises p-values step by step, and keeps their order', () => {
  const raised = holm([0.01, 0.04, 0.03, 0.005])
  for (const [at, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(raised[at]).toBeCloseTo(p, 12)
})

describe('the bootstrap interval', () => {
  test('covers the middle about as often as it says', () => {
    const random = new SeededRandom(7, 'coverage')
    const covered = Array.from({ length: 200 }, (_, run) => {
      const values = Array.from({ length: 30 }, () => random.next() + random.next() + random.next())
      const { low, high } = bootstrapInterval(values, mean, { samples: 400, seed: run })
      return low <= 1.5 && 1.5 <= high
    }).filter(Boolean).length
    expect(covered / 200).toBeGreaterThan(0.88)
    expect(covered / 200).toBeLessThanOrEqual(1)
  })

  test('is the same for the same seed, and says nothing of one value', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6]
    expect(bootstrapInterval(values, median, { seed: 3 })).toEqual(bootstrapInterval(values, median, { seed: 3 }))
    expect(bootstrapInterval([1], median).low).toBeNaN()
  })

  test('says nothing of fewer than six values, of which even the outermost miss too often', () => {
    expect(bootstrapInterval([1, 2, 3, 4, 5], median)).toEqual({ low: NaN, high: NaN })
    expect(bootstrapInterval([1, 2, 3, 4, 5, 6], median).low).toBeGreaterThanOrEqual(1)
    expect(bootstrapInterval([1, 2, 3, 4, 5, 6], median, { level: 0.99 }).low).toBeNaN()
  })

  test('says nothing where a value is missing', () => {
    expect(bootstrapInterval([NaN, 1, 1, 1, 1, 1, 1, 1, 1, 1], median)).toEqual({ low: NaN, high: NaN })
  })

  test('may be infinite', () => {
    const never = Array.from({ length: 10 }, () => Infinity)
    expect(bootstrapInterval(never, median)).toEqual({ low: Infinity, high: Infinity })
    const { low, high } = bootstrapInterval([1, 1, 1, 1, 1, 1, 1, 2, 3, Infinity], median)
    expect([low, high >= 1]).toEqual([1, true])
  })
})
