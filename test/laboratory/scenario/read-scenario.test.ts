import { describe, expect, test } from 'vitest'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'

describe('a scenario', () => {
  test('needs a name and nothing else', () => {
    const scenario = readScenario({ name: 'x' })
    expect(scenario.seeds).toHaveLength(30)
    expect(scenario.seeds[0]).toBe(1)
    expect(scenario.server).toEqual(['debt-ratio'])
    expect(scenario.topology).toMatchObject({ kind: 'mesh', seed: 1, leech: 1 })
  })

  test('takes strategies as texts and as objects with parameters', () => {
    const client = ['boxo', { id: 'ttl', ttl: 1, d: 10 }]
    expect(readScenario({ name: 'x', client }).client).toEqual(['boxo', 'ttl:ttl=1,d=10'])
  })

  test('takes one file size for a list of one', () => {
    expect(readScenario({ name: 'x', content: { file_size: 66_000 } }).content.file_size).toEqual([66_000])
  })

  test.each([
    [{}, 'name is missing: expected a text'],
    [[], 'the scenario is []: expected an object'],
    [{ name: 'x', topologie: {} }, /^topologie is no field of a scenario: allowed here are name, about, /u],
    [{ name: 'x', link: { latency: 5 } }, /^link\.latency is no field of a scenario: allowed here are latency_ms, /u],
    [{ name: 'x', link: { latency_ms: -1 } }, 'link.latency_ms is -1: expected a number, 0 or more'],
    [{ name: 'x', link: { tcp: 'full' } }, 'link.tcp is "full": expected one of none, lite'],
    [{ name: 'x', seeds: { count: 0 } }, 'seeds.count is 0: expected a whole number, from 1 to 10000'],
    [{ name: 'x', topology: { leech: 1.5 } }, 'topology.leech is 1.5: expected a whole number, from 0 to 200000'],
    [{ name: 'x', server: [] }, /^server is \[\]: expected strategies/u],
    [{ name: 'x', routing: { walk_s: [1] } }, 'routing.walk_s is [1]: expected two numbers'],
    [{ name: 'x', link: { classes: [{ shares: 1 }] } }, /^link\.classes\[0\]\.shares is no field/u],
    [{ name: 'x', realBytes: 'yes' }, 'realBytes is "yes": expected true or false']
  ])('is refused with the field and what is allowed: %j', (json, message) => {
    expect(() => readScenario(json)).toThrow(message)
  })
})
