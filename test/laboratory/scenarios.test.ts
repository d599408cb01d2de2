import { expect, test } from 'vitest'
import { readScenario } from '../../src/laboratory/scenario/read-scenario.ts'
import { SCENARIOS } from '../../src/laboratory/scenarios/catalogue.ts'

test.each(SCENARIOS)('the scenario $name can be run', (json) => {
  expect(readScenario(json).name).toBe(json.name)
})

test('scenarios have names of their own', () => {
  expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length)
})
