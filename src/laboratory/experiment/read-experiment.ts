import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { didYouMean } from '../../did-you-mean.ts'
import { InvalidParametersError } from '../../errors.ts'
import { readComposition } from '../scenario/read-composition.ts'
import { isRecord } from '../scenario/fields.ts'
import { readScenario } from '../scenario/read-scenario.ts'
import { SCENARIOS } from '../scenarios/catalogue.ts'
import type { Experiment } from './experiment.ts'
import { loadStrategies } from './load-strategies.ts'
import { readTrace } from './read-trace.ts'

/** What is given beside the scenario, and goes before what it says. */
export interface ExperimentChoice {
  readonly strategies?: readonly string[]
  readonly clients?: readonly string[]
  readonly seeds?: readonly number[]
}

/**
 * Reads an experiment from a scenario file, a Testground composition (`.toml`), or a scenario that comes with the
 * laboratory. Throws `InvalidParametersError` before anything is run: for a bad field as well as for an unknown strategy.
 */
export async function readExperiment(file: string, choice: ExperimentChoice): Promise<Experiment> {
  const json = SCENARIOS.find(({ name }) => name === file) ?? (await readScenarioFile(file))
  const scenario = readScenario(json)
  const servers = choice.strategies ?? scenario.server
  const clients = choice.clients ?? scenario.client
  for (const server of servers) for (const client of clients) await loadStrategies(server, client)
  return { json, scenario, servers, clients, seeds: choice.seeds ?? scenario.seeds }
}

async function readScenarioFile(file: string): Promise<unknown> {
  const names = SCENARIOS.map(({ name }) => name)
  const otherwise = `is neither a file that can be read nor one of the scenarios ${names.join(', ')}`
  const text = await readText(file, `${otherwise}${didYouMean(file, names)}`)
  if (file.endsWith('.toml')) return readComposition(text, file)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new InvalidParametersError(`${file} is not JSON: ${String(error)}`, { cause: error })
  }
  return withTrace(json, file)
}

/** A scenario holds the rows of its trace: so does the manifest of its results, and they can be repeated without the file. */
async function withTrace(json: unknown, file: string): Promise<unknown> {
  if (!isRecord(json) || !isRecord(json['workload'])) return json
  const { trace_csv: csv, ...workload } = json['workload']
  if (typeof csv !== 'string') return json
  if (workload['trace'] !== undefined) {
    throw new InvalidParametersError('workload.trace_csv and workload.trace are both given: expected one of them')
  }
  const path = resolve(dirname(file), csv)
  const text = await readText(path, 'cannot be read: expected the file that workload.trace_csv names')
  return { ...json, workload: { ...workload, trace: readTrace(text, csv) } }
}

async function readText(path: string, otherwise: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new InvalidParametersError(`${path} ${otherwise}`, { cause: error })
  }
}
