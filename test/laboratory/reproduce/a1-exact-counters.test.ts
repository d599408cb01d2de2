import { expect, test } from 'vitest'
import { createBench } from '../../../src/laboratory/reproduce/bench.ts'
import { a1 } from '../../../src/laboratory/reproduce/a1-exact-counters.ts'

test('A1: the published counters, exactly', async () => {
  const checks = await a1.run(createBench({ workers: 1, seeds: [1] }))
  expect(checks).toHaveLength(10)
  for (const { what, ours, published } of checks) expect(`${what}: ${ours}`).toBe(`${what}: ${published}`)
})
