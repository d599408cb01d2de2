import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readExperiment } from '../../../src/laboratory/experiment/read-experiment.ts'
import { runExperiment } from '../../../src/laboratory/experiment/run-experiment.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const SCENARIO = {
  name: 'traced',
  seeds: { count: 1 },
  topology: { leech: 2 },
  content: { file_size: 10_000, files: 2 },
  workload: { kind: 'trace', trace_csv: 'requests.csv' }
}

async function written(csv: string, scenario: object = SCENARIO): Promise<string> {
  const directory = await temporaryDirectory()
  await writeFile(join(directory, 'requests.csv'), csv)
  await writeFile(join(directory, 'scenario.json'), JSON.stringify(scenario))
  return directory
}

describe('a trace', () => {
  const csv = 'at_ms,leech,file\n0,0,1\n250.5,1,0\r\n300,0,0\n'
  const trace = [
    { atMs: 0, leech: 0, file: 1 },
    { atMs: 250.5, leech: 1, file: 0 },
    { atMs: 300, leech: 0, file: 0 }
  ]

  test('is read beside its scenario, and its rows go into the manifest', async () => {
    const directory = await written(csv)
    const experiment = await readExperiment(join(directory, 'scenario.json'), {})
    expect(experiment.scenario.workload.trace).toEqual(trace)
    const out = join(directory, 'out')
    await runExperiment(experiment, { directory: out, workers: 1, about: { barter: '0', node: 'v0', platform: 'x' } })
    const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as { scenario: unknown }
    expect(readScenario(manifest.scenario)).toEqual(experiment.scenario)
    const cell = JSON.parse(await readFile(join(out, 'cells.ndjson'), 'utf8')) as { world: Record<string, number> }
    expect(cell.world).toMatchObject({ requests: 3, failed: 0 })
  })

  test('may have its columns in any order', async () => {
    const directory = await written('file,at_ms,leech\n1,0,0\n')
    const { scenario } = await readExperiment(join(directory, 'scenario.json'), {})
    expect(scenario.workload.trace).toEqual([trace[0]])
  })

  test.each([
    ['at_ms,leech\n0,0', 'requests.csv, line 1 has no column file: expected a header with at_ms,leech,file'],
    ['at_ms,leech,file,size\n', 'requests.csv, line 1 has the column "size": expected a header'],
    ['at_ms,leech,file\n', 'requests.csv has no requests'],
    ['at_ms,leech,file\n0,0,0\n\n1,0', 'requests.csv, line 4 has 2 columns: expected 3'],
    ['at_ms,leech,file\n0,0,0\n1,x,0', 'requests.csv, line 3, column leech: "x" is not a whole number, 0 or more'],
    ['at_ms,leech,file\n0,0,1.5', 'requests.csv, line 2, column file: "1.5" is not a whole number'],
    ['at_ms,leech,file\n-1,0,0', 'requests.csv, line 2, column at_ms: "-1" is not milliseconds, 0 or more']
  ])('that is none is refused with line and column: %j', async (text, message) => {
    const directory = await written(text)
    await expect(readExperiment(join(directory, 'scenario.json'), {})).rejects.toThrow(message)
  })

  test('is asked for where there is none, and only one is taken', async () => {
    const workload = { kind: 'trace' }
    const none = await written(csv, { ...SCENARIO, workload })
    await expect(readExperiment(join(none, 'scenario.json'), {})).rejects.toThrow('workload.trace is missing')
    const both = await written(csv, { ...SCENARIO, workload: { ...SCENARIO.workload, trace } })
    await expect(readExperiment(join(both, 'scenario.json'), {})).rejects.toThrow('are both given')
    const gone = await written(csv, { ...SCENARIO, workload: { ...workload, trace_csv: 'gone.csv' } })
    await expect(readExperiment(join(gone, 'scenario.json'), {})).rejects.toThrow(/gone\.csv cannot be read/u)
    expect(() => readScenario(SCENARIO)).toThrow('workload.trace_csv is "requests.csv": expected the name of a file')
  })
})

test('a composition of Testground is an experiment like any other', async () => {
  const directory = await temporaryDirectory()
  const file = join(directory, 'transfer.toml')
  const groups = '[[groups]]\nid = "nodes"\ninstances = { count = 3 }\n[groups.run.test_params]\nleech_count = "2"\n'
  await writeFile(file, `[metadata]\nname = "transfer"\n[global]\ncase = "transfer"\n${groups}`)
  const { scenario, servers } = await readExperiment(file, { strategies: ['fifo'] })
  expect(scenario).toMatchObject({ name: 'transfer', topology: { seed: 1, leech: 2 } })
  expect(servers).toEqual(['fifo'])
})
