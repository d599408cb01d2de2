import { expect, test } from 'vitest'
import { cdfFigure } from '../../../src/laboratory/figures/cdf.ts'
import { lorenzFigure, lorenzPoints } from '../../../src/laboratory/figures/lorenz.ts'

test('a Lorenz curve goes from nothing to all, below the diagonal, those first that have least', () => {
  expect(lorenzPoints([3, 0, 1])).toEqual([
    { x: 0, y: 0 },
    { x: 1 / 3, y: 0 },
    { x: 2 / 3, y: 0.25 },
    { x: 1, y: 1 }
  ])
  expect(lorenzPoints([2, 2]).every(({ x, y }) => x === y)).toBe(true)
  expect(lorenzPoints(new Array<number>(1_000).fill(1))).toHaveLength(101)
  expect(lorenzPoints([0, 0])).toEqual([])
  expect(lorenzFigure('t', 'x', 'y', [{ name: 'nobody', values: [0] }])).toBe('')
})

test('a curve of those that came to an end stays below 1 when some never did', () => {
  const path = (count: number): string => cdfFigure('t', 'ms', [{ name: 'a', values: [1, 2], count }])
  expect(path(2)).not.toBe(path(4))
  expect(path(2)).toBe(cdfFigure('t', 'ms', [{ name: 'a', values: [1, 2] }]))
})
