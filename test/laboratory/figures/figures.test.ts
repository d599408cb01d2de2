import { expect, test } from 'vitest'
import { boxFigure } from '../../../src/laboratory/figures/box-plot.ts'
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

test('twelve strategies are told apart, each is named in full, and nothing leaves the picture', () => {
  const names = Array.from(
    { length: 12 },
    (_, at) => `strategy-${at}:unit=32768,credit=65536,other=${'9'.repeat(60)} / boxo`
  )
  const drawn = cdfFigure(
    't',
    'ms',
    names.map((name) => ({ name, values: [1, 2] }))
  )
  const strokes = [
    ...drawn.matchAll(/fill="none" stroke="(#[0-9a-f]+)"( stroke-dasharray="[^"]+")? stroke-width="1.5"/gu)
  ]
  expect(new Set(strokes.map(([, colour, dash]) => `${colour} ${dash}`)).size).toBe(12)
  const texts = [...drawn.matchAll(/<text[^>]*>([^<]*)<\/text>/gu)].map(([, text = '']) => text)
  expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(80)
  for (const name of names) expect(texts.join(' ').replaceAll(' ', '')).toContain(name.replaceAll(' ', ''))
  const boxes = boxFigure(
    't',
    'ms',
    names.map((name) => ({ name, values: [1, 2] }))
  )
  expect(boxes).not.toContain('rotate(-20)')
  expect(boxes).toMatch(/>12: strategy-11:/u)
})
