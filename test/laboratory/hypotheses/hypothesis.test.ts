import { expect, test } from 'vitest'
import { HYPOTHESES } from '../../../src/laboratory/hypotheses/catalogue.ts'
import { h1 } from '../../../src/laboratory/hypotheses/h1-literal-sigmoid.ts'
import { crossover } from '../../../src/laboratory/hypotheses/h7-relaying-and-degree.ts'
import { differences, hypothesis, ratios } from '../../../src/laboratory/hypotheses/hypothesis.ts'
import { createBench } from '../../../src/laboratory/reproduce/bench.ts'
import type { CellRequest } from '../../../src/laboratory/reproduce/reproduction.ts'
import type { CellResult } from '../../../src/laboratory/results.ts'

const SCENARIO = { name: 'one' }

/** A world whose only number is made of the seed and the strategy. */
function resultOf({ seed, server, client }: CellRequest): CellResult {
  const value = server === 'fifo' ? seed : 2 * seed
  const rows = [{ peer: -1, role: 'world', metric: 'number', value, unit: '1' }]
  const cost = { messages: 0, virtualMs: 0, wallMs: 0 }
  return { scenario: 'one', server, client, seed, rows, ...cost, worldKind: 'virtual', eventHash: `${server} ${seed}` }
}

const halved = hypothesis({
  name: 'h0',
  title: 'two arms',
  source: 'made up',
  statement: 'the second is twice the first',
  limits: 'made up',
  arms: {
    first: { json: SCENARIO, server: 'fifo', client: 'barter' },
    second: { json: SCENARIO, server: 'best', client: 'barter' }
  },
  claims: ({ world }) => [
    { what: 'ratio', values: ratios(world('second', 'number'), world('first', 'number')), bound: { from: 2, to: 2 } },
    { what: 'difference', values: differences(world('first', 'number'), world('second', 'number')) }
  ]
})

test('arms are paired seed by seed, on seeds that no scenario was made with', async () => {
  const asked: CellRequest[] = []
  const run = (requests: readonly CellRequest[]): Promise<readonly CellResult[]> => {
    asked.push(...requests)
    return Promise.resolve(requests.map(resultOf))
  }
  const checks = await halved.run({ seeds: [1, 2, 3, 4, 5, 6], signal: undefined, run })
  expect(asked.map(({ server, seed }) => `${server} ${seed}`)).toEqual(
    ['fifo', 'best'].flatMap((server) => [101, 102, 103, 104, 105, 106].map((seed) => `${server} ${seed}`))
  )
  expect(checks.map(({ verdict, ours }) => [verdict, ours])).toEqual([
    ['supported', '2 [2, 2], n = 6'],
    [undefined, expect.stringContaining('-103.5 [')],
    ['supported', 'supported']
  ])
})

test('runs that all did the same with another seed count once', async () => {
  const run = (requests: readonly CellRequest[]): Promise<readonly CellResult[]> =>
    Promise.resolve(requests.map((request) => resultOf({ ...request, seed: 1 })))
  const checks = await halved.run({ seeds: [1, 2, 3, 4, 5, 6], signal: undefined, run })
  expect(checks.map(({ verdict, ours }) => [verdict, ours])).toEqual([
    ['undecided', '2 too few runs for an interval, n = 1'],
    [undefined, '-1 too few runs for an interval, n = 1'],
    ['undecided', 'undecided']
  ])
})

test('too few runs decide nothing', async () => {
  const run = (requests: readonly CellRequest[]): Promise<readonly CellResult[]> =>
    Promise.resolve(requests.map(resultOf))
  const checks = await halved.run({ seeds: [1, 2, 3, 4, 5], signal: undefined, run })
  expect(checks.at(-1)?.verdict).toBe('undecided')
})

test.each([
  ['never', Infinity, 'refuted'],
  ['not measured, once', NaN, 'undecided']
] as const)('a number that is %s', async (_name, last, verdict) => {
  const arms = { only: { json: SCENARIO, server: 'fifo', client: 'barter' } }
  const values = Array.from({ length: 10 }, (_, seed) => (Number.isNaN(last) && seed > 0 ? 1 : last))
  const claims = () => [{ what: 'number', values, bound: { from: 0.5, to: 2 } }]
  const words = { name: 'h0', title: '', source: '', statement: '', limits: '' }
  const run = (requests: readonly CellRequest[]): Promise<readonly CellResult[]> =>
    Promise.resolve(requests.map(resultOf))
  const checks = await hypothesis({ ...words, arms, claims }).run({ seeds: [1], signal: undefined, run })
  expect(checks.at(-1)?.verdict).toBe(verdict)
})

test('each of the ten says what it claims and what it leaves out', () => {
  expect(HYPOTHESES.map(({ name }) => name)).toEqual(Array.from({ length: 10 }, (_, at) => `h${at + 1}`))
  for (const { statement, limits, source } of HYPOTHESES)
    for (const words of [statement, limits, source]) expect(words).not.toBe('')
})

test('the size where two strategies change places lies between those that were measured', () => {
  expect(crossover([1, 100], [0.5, 2])).toBeCloseTo(10)
  expect(crossover([1, 10, 100], [0.5, 0.9, 1.1])).toBeGreaterThan(10)
  expect(crossover([1, 100], [0.5, 0.9])).toBeNaN()
  expect(crossover([1, 100], [1.5, 2])).toBeNaN()
})

test('H1: the literal formula gives one block, in real worlds', async () => {
  const checks = await h1.run(createBench({ workers: 1, seeds: [1, 2] }))
  expect(checks.slice(0, 2).map(({ ours }) => ours)).toEqual([
    '0 too few runs for an interval, n = 2',
    '1 too few runs for an interval, n = 2'
  ])
})
