import { expect, test } from 'vitest'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'

const trace = (request: object): object => ({ kind: 'trace', trace: [{ atMs: 0, leech: 0, file: 0 }, request] })

test.each([
  [{ topology: { seed: 1, leech: 0 } }, 'topology.leech is 0: expected 1 or more'],
  [{ topology: { seed: 0, leech: 3 } }, 'topology.seed is 0: expected 1 or more'],
  [{ topology: { seed: 0, leech: 1 }, workload: { kind: 'trade' } }, 'expected two peers or more that trade'],
  [
    { topology: { seed: 1, leech: 3 }, workload: { kind: 'trade', wants: 4 } },
    'workload.wants is 4: expected 3 at most'
  ],
  [{ topology: { leech: 2 }, workload: trace({ leech: 2 }) }, 'workload.trace[1].leech is 2: expected 0 to 1'],
  [{ content: { files: 3 }, workload: trace({ file: 3 }) }, 'workload.trace[1].file is 3: expected 0 to 2']
])('a world in which not what was written could happen is refused: %j', (scenario, reason) => {
  expect(() => readScenario({ name: 'x', ...scenario })).toThrow(reason)
})

test('peers that trade need no seed', () => {
  const scenario = { name: 'x', topology: { seed: 0, leech: 3 }, workload: { kind: 'trade', wants: 2 } }
  expect(readScenario(scenario).workload.wants).toBe(2)
})
