import { parse } from 'smol-toml'
import { InvalidParametersError } from '../../errors.ts'
import { CompositionParameters } from './composition-parameters.ts'

/** Cases of the plan that are one and the same transfer; the sparse one differs in who dials whom. */
const CASES = ['transfer', 'sparse'] as const

/**
 * A scenario, as its JSON file would be, from the text of a Testground composition for the bitswap plans of
 * `protocol/beyond-bitswap` and `ipfs/test-plans`. Defaults are those of the plans, not of our scenarios. One composition
 * gives one scenario: where Testground would take a list of values and run each, one value is expected. `run_count` becomes
 * the number of seeds. Throws `InvalidParametersError` that names every parameter it does not know.
 */
export function readComposition(text: string, file: string): Readonly<Record<string, unknown>> {
  const composition = parseToml(text, file)
  const global = section(composition, 'global')
  const groups = groupsOf(composition, file)
  const read = new CompositionParameters(file, [
    section(section(global, 'run'), 'test_params'),
    ...groups.map(paramsOf)
  ])
  const kind = CASES.find((one) => one === (global['case'] ?? 'transfer'))
  if (kind === undefined) throw wrong(file, 'global.case', global['case'], `one of ${CASES.join(', ')}`)
  const [leech, passive] = [read.whole('leech_count', 1), read.whole('passive_count', 0)]
  const seed = instancesOf(global, groups, file) - leech - passive
  if (seed < 0) throw wrong(file, 'leech_count', leech, 'no more leeches and passive peers than instances')
  const isSparse = read.choice('dialer', ['default', 'sparse'], 'default') === 'sparse' || kind === 'sparse'
  read.choice('node_type', ['ipfs', 'bitswap'], 'ipfs')
  read.choice('input_data', ['random'], 'random')
  read.choice('disk_store', ['false'], 'false')
  const scenario = {
    name: nameOf(composition, file),
    about: `the Testground composition ${file.split(/[\\/]/u).at(-1) ?? file}`,
    seeds: { count: read.whole('run_count', 1) },
    topology: {
      kind: isSparse ? 'sparse' : 'mesh',
      seed,
      leech,
      passive,
      max_connection_rate: read.number('max_connection_rate', 100)
    },
    link: {
      latency_ms: read.number('latency_ms', 5),
      jitter_pct: read.number('jitter_pct', 10),
      bandwidth_mb: read.number('bandwidth_mb', 1_024),
      seed_latency_ms: read.numbers('seed_latency_ms')
    },
    store: { delay_ms: read.number('bstore_delay_ms', 5) },
    content: { file_size: read.whole('file_size', 4_194_304), rawLeaves: false },
    workload: {
      waves: read.whole('number_waves', 1),
      request_stagger: read.number('request_stagger', 0),
      seeder_rate: read.number('seeder_rate', 100),
      seed_fraction: read.fraction('seed_fraction')
    },
    routing: { kind: read.choice('enable_dht', ['false', 'true'], 'false') === 'true' ? 'dht-phases' : 'none' }
  }
  read.end()
  return scenario
}

type Table = Readonly<Record<string, unknown>>

function parseToml(text: string, file: string): Table {
  try {
    return parse(text)
  } catch (error) {
    throw new InvalidParametersError(`${file} is not TOML: ${String(error)}`, { cause: error })
  }
}

function groupsOf(composition: Table, file: string): readonly Table[] {
  const groups = composition['groups']
  if (Array.isArray(groups) && groups.length > 0) return groups.filter(isTable)
  throw wrong(file, 'groups', groups, 'one group of instances at least')
}

function paramsOf(group: Table): Table {
  return section(section(group, 'run'), 'test_params')
}

/** As the groups count them, or in all where a group is given as a part of them. */
function instancesOf(global: Table, groups: readonly Table[], file: string): number {
  const counts = groups.map((group) => Number(section(group, 'instances')['count'] ?? NaN))
  const counted = counts.reduce((sum, count) => sum + count, 0)
  const instances = Number.isNaN(counted) ? Number(global['total_instances'] ?? NaN) : counted
  if (Number.isSafeInteger(instances) && instances > 0) return instances
  throw wrong(file, 'global.total_instances', global['total_instances'], 'a whole number, 1 or more')
}

function nameOf(composition: Table, file: string): string {
  const name = section(composition, 'metadata')['name']
  return typeof name === 'string' && name !== '' ? name : (file.split(/[\\/]/u).at(-1) ?? file)
}

function section(table: Table, name: string): Table {
  const value = table[name]
  return isTable(value) ? value : {}
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(file: string, name: string, value: unknown, expected: string): InvalidParametersError {
  const found = value === undefined ? 'missing' : JSON.stringify(value)
  return new InvalidParametersError(`${file}: ${name} is ${found}: expected ${expected}`)
}
