import { expect, test } from 'vitest'
import { a2 } from '../../../src/laboratory/reproduce/a2-small-cases.ts'
import { SMALL_CASES } from '../../../src/laboratory/reproduce/a2-cases.ts'
import { pauseOf } from '../../../src/laboratory/reproduce/a2-boxo-network.ts'
import { BOXO_E1 } from '../../../src/laboratory/reproduce/data/boxo-e1.ts'
import { createBench } from '../../../src/laboratory/reproduce/bench.ts'

test('there is a run of Boxo for each case, in the same order', () => {
  expect(Object.keys(BOXO_E1)).toEqual(SMALL_CASES.map(({ name }) => name))
})

test('pauses are those of a process with all the peers in it', () => {
  expect([3, 10, 200].map(pauseOf)).toEqual([20, 20, 2_000])
})

test("A2: duplicates are Boxo's in every case, and messages in nearly all; each that is not has its reason", async () => {
  const checks = await a2.run(createBench({ workers: 1, seeds: [1] }))
  expect(checks).toHaveLength(3 * SMALL_CASES.length)
  const failed = checks.filter(({ passed }) => !passed)
  expect(failed.filter(({ what }) => what.endsWith('duplicates'))).toEqual([])
  expect(failed.length).toBeLessThanOrEqual(4)
  for (const { what, reason } of failed) expect(reason, what).toBeTypeOf('string')
})
