import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Experiment, scenarioHash } from '../../../src/laboratory/experiment/experiment.ts'
import { runExperiment } from '../../../src/laboratory/experiment/run-experiment.ts'
import { readScenario } from '../../../src/laboratory/scenario/read-scenario.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const JSON_SCENARIO = {
  name: 'small, but "quoted"',
  topology: { kind: 'random', seed: 2, leech: 6, degree: 4 },
  content: { file_size: 500_000 }
}
const ABOUT = { barter: '0', node: 'v0', platform: 'here' }

function experiment(servers: readonly string[], seeds: readonly number[]): Experiment {
  return { json: JSON_SCENARIO, scenario: readScenario(JSON_SCENARIO), servers, clients: ['barter'], seeds }
}

async function files(directory: string): Promise<{ manifest: string; metrics: string; cells: string[] }> {
  const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8')
  const cells = (await read('cells.ndjson')).trimEnd().split('\n')
  return { manifest: await read('manifest.json'), metrics: await read('metrics.csv'), cells }
}

describe('an experiment', () => {
  test('gives the same files with one thread as with three, and each cell its line', async () => {
    const [one, three] = [await temporaryDirectory(), await temporaryDirectory()]
    const what = experiment(['fair-share', 'debt-ratio'], [1, 2, 3])
    const told: number[] = []
    await runExperiment(what, { directory: one, workers: 1, about: ABOUT, onProgress: (done) => told.push(done) })
    await runExperiment(what, { directory: three, workers: 3, about: ABOUT })
    const [first, second] = [await files(one), await files(three)]
    expect(second.manifest).toBe(first.manifest)
    expect(second.metrics).toBe(first.metrics)
    expect(first.metrics).toContain('"small, but ""quoted""",fair-share,barter,1,0,seed,')
    const cells = first.cells.map((line) => JSON.parse(line) as { server: string; seed: number; eventHash: string })
    expect(cells.map(({ server, seed }) => `${server} ${seed}`)).toEqual(
      ['fair-share', 'debt-ratio'].flatMap((server) => [1, 2, 3].map((seed) => `${server} ${seed}`))
    )
    expect(told.at(-1)).toBe(6)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
  })

  test('that names an unknown strategy ends with an error that says so', async () => {
    const run = runExperiment(experiment(['fairest'], [1]), {
      directory: await temporaryDirectory(),
      workers: 2,
      about: ABOUT
    })
    await expect(run).rejects.toThrow(/unknown strategy fairest/u)
  })

  test('that is stopped ends with the reason', async () => {
    const abort = new AbortController()
    const run = runExperiment(experiment(['fair-share'], [1, 2, 3, 4]), {
      directory: await temporaryDirectory(),
      workers: 1,
      about: ABOUT,
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('enough'))
    })
    await expect(run).rejects.toThrow('enough')
  })

  test('is named by its scenario, whatever the order of the keys', () => {
    expect(scenarioHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(scenarioHash({ b: { d: null, c: [1, 2] }, a: 1 }))
    expect(scenarioHash({ a: 1 })).not.toBe(scenarioHash({ a: 2 }))
  })
})
