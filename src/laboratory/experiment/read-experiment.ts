import { readFile } from 'node:fs/promises'
import { InvalidParametersError } from '../../errors.ts'
import { readScenario } from '../scenario/read-scenario.ts'
import { SCENARIOS } from '../scenarios/catalogue.ts'
import type { Experiment } from './experiment.ts'
import { loadStrategies } from './load-strategies.ts'

/** What is given beside the scenario, and goes before what it says. */
export interface ExperimentChoice {
  readonly strategies?: readonly string[]
  readonly clients?: readonly string[]
  readonly seeds?: readonly number[]
}

/**
 * Reads an experiment from a scenario file, or a scenario that comes with the laboratory. Throws
 * `InvalidParametersError` before anything is run: for a bad field as well as for an unknown strategy.
 */
export async function readExperiment(file: string, choice: ExperimentChoice): Promise<Experiment> {
  const json = SCENARIOS.find(({ name }) => name === file) ?? (await readJson(file))
  const scenario = readScenario(json)
  const servers = choice.strategies ?? scenario.server
  const clients = choice.clients ?? scenario.client
  for (const server of servers) for (const client of clients) await loadStrategies(server, client)
  return { json, scenario, servers, clients, seeds: choice.seeds ?? scenario.seeds }
}

async function readJson(file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const names = SCENARIOS.map(({ name }) => name).join(', ')
    const message = `${file} is neither a file that can be read nor one of the scenarios ${names}`
    throw new InvalidParametersError(message, { cause: error })
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new InvalidParametersError(`${file} is not JSON: ${String(error)}`, { cause: error })
  }
}
