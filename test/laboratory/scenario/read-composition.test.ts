import { expect, describe, test } from 'vitest'
import { readComposition } from '../../../src/laboratory/scenario/read-composition.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import type { Scenario } from '../../../src/laboratory/scenario/scenario.ts'

function composition(parameters: readonly string[], { head = '', count = 30, more = '' } = {}): string {
  return `
[metadata]
name = "ttl"

[global]
plan = "testbed"
builder = "docker:go"
${head}

[[groups]]
id = "nodes"
instances = { count = ${count} }

  [groups.build]
  dependencies = [{ module = "a", target = "b", version = "c" }]

  [groups.run]
    [groups.run.test_params]
    ${parameters.join('\n    ')}
${more}`
}

function read(parameters: readonly string[], options = {}): Scenario {
  return readScenario(readComposition(composition(parameters, options), 'runs/ttl.toml'))
}

describe('a composition', () => {
  test('has the defaults of the plans', () => {
    expect(read([], { count: 2 })).toMatchObject({
      name: 'ttl',
      about: 'the Testground composition ttl.toml',
      seeds: [1],
      topology: { kind: 'mesh', seed: 1, leech: 1, passive: 0, max_connection_rate: 100 },
      link: { latency_ms: 5, jitter_pct: 10, bandwidth_mb: 1_024, seed_latency_ms: [] },
      store: { delay_ms: 5 },
      content: { file_size: [4_194_304], chunk: 262_144, rawLeaves: false },
      workload: { kind: 'fetch', waves: 1, request_stagger: 0, seeder_rate: 100, seed_fraction: [1, 1] },
      routing: { kind: 'none' }
    })
  })

  test('gives every parameter its field, texts and numbers alike', () => {
    const parameters = [
      'leech_count = "15"',
      'passive_count = 10',
      'run_count = "3"',
      'bstore_delay_ms = "0"',
      'request_stagger = "20"',
      'file_size = "66000"',
      'latency_ms = "100"',
      'jitter_pct = "0"',
      'bandwidth_mb = "64"',
      'max_connection_rate = "50"',
      'seeder_rate = "40"',
      'seed_fraction = "3/10"',
      'number_waves = "5"',
      'enable_dht = "true"',
      'dialer = "sparse"',
      'disk_store = false',
      'node_type = "bitswap"',
      'input_data = "random"',
      'seed_latency_ms = "100,500,1000"'
    ]
    expect(read(parameters)).toMatchObject({
      seeds: [1, 2, 3],
      topology: { kind: 'sparse', seed: 5, leech: 15, passive: 10, max_connection_rate: 50 },
      link: { latency_ms: 100, jitter_pct: 0, bandwidth_mb: 64, seed_latency_ms: [100, 500, 1_000] },
      store: { delay_ms: 0 },
      content: { file_size: [66_000] },
      workload: { waves: 5, request_stagger: 20, seeder_rate: 40, seed_fraction: [3, 10] },
      routing: { kind: 'dht-phases' }
    })
  })

  test('may say for all groups what holds for each, and count instances in all', () => {
    const more = `
[[groups]]
id = "more"
instances = { percentage = 0.5 }
`
    const head = 'total_instances = 8\ncase = "sparse"\n[global.run.test_params]\nleech_count = "3"'
    expect(read([], { head, more }).topology).toMatchObject({ kind: 'sparse', seed: 5, leech: 3 })
  })

  test.each([
    [
      ['leech = "1"', 'run_timeout_secs = "900"'],
      {},
      /^runs\/ttl\.toml: leech, run_timeout_secs are no parameters that /u
    ],
    [['data_dir = "x"'], {}, /data_dir is no parameter .* it knows bandwidth_mb, bstore_delay_ms, dialer, /u],
    [['latency_ms = "100,10"'], {}, 'latency_ms is "100,10": expected one number (write a composition for each)'],
    [['latency_ms = ""'], {}, 'latency_ms is "": expected a number, 0 or more'],
    [['leech_count = "1.5"'], {}, 'leech_count is "1.5": expected a whole number'],
    [['leech_count = "31"'], {}, 'leech_count is 31: expected no more leeches and passive peers than instances'],
    [['seed_fraction = "4/3"'], {}, 'seed_fraction is "4/3": expected a fraction such as 3/10'],
    [['node_type = "graphsync"'], {}, 'node_type is "graphsync": expected ipfs or bitswap'],
    [['input_data = "files"'], {}, 'input_data is "files": expected random'],
    [[], { head: 'case = "fuzz"' }, 'global.case is "fuzz": expected one of transfer, sparse'],
    [[], { count: 0 }, 'global.total_instances is missing: expected a whole number, 1 or more'],
    [
      ['latency_ms = "5"'],
      { more: '[[groups]]\ninstances = { count = 1 }\n[groups.run.test_params]\nlatency_ms = "6"' },
      'latency_ms is "6": expected the same in every group, and another has "5"'
    ]
  ])('is refused with what is wrong: %j %j', (parameters, options, message) => {
    expect(() => read(parameters, options)).toThrow(message)
  })

  test('is TOML with groups', () => {
    expect(() => readComposition('name = ', 'x.toml')).toThrow(/^x\.toml is not TOML: /u)
    expect(() => readComposition('name = "x"', 'x.toml')).toThrow('groups is missing: expected one group')
  })
})
