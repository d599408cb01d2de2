import { InvalidParametersError } from '../../errors.ts'
import { INVADER } from '../adversaries/invader.ts'
import { adversaryByName } from '../adversaries/catalogue.ts'
import type { CellTask } from '../experiment/cell-task.ts'
import { loadStrategies } from '../experiment/load-strategies.ts'
import { readScenario } from '../scenario/read-scenario.ts'

/** Who meets whom, and where. */
export interface TournamentPlan {
  /** The scenario as its file would be; who its adversaries are is left to the tournament. */
  readonly json: Readonly<Record<string, unknown>>
  readonly servers: readonly string[]
  readonly adversaries: readonly string[]
  readonly clients: readonly string[]
  readonly seeds: readonly number[]
  /** Part of the leeches that are adversaries. */
  readonly fraction: number
  /** Part of the leeches that serve by another strategy than the population; 0 for no invasions. */
  readonly invaders: number
}

/** One population, and those in it who are different; the same for all seeds. */
export interface Match {
  readonly client: string
  /** Server strategy of the population. */
  readonly server: string
  /** An adversary, `invader:` and a strategy, or undefined: nobody is different. */
  readonly against: string | undefined
  readonly fraction: number
}

/** Throws `InvalidParametersError`, before anything is run, for what is no name. */
export async function checkPlan({ json, servers, adversaries, clients }: TournamentPlan): Promise<void> {
  readScenario(json)
  for (const server of servers) for (const client of clients) await loadStrategies(server, client)
  for (const adversary of adversaries) adversaryByName(adversary)
  if (servers.length === 0) throw new InvalidParametersError('a tournament needs one server strategy at least')
}

/** For each client and population: alone, then among each kind of adversary, then invaded by each strategy, its own too. */
export function matchesOf(plan: TournamentPlan): Match[] {
  const { servers, adversaries, clients, fraction, invaders } = plan
  return clients.flatMap((client) =>
    servers.flatMap((server): Match[] => [
      { client, server, against: undefined, fraction: 0 },
      ...adversaries.map((against) => ({ client, server, against, fraction })),
      // Its own strategy as well: what those drawn as invaders gain by who they are, and not by what they do.
      ...servers
        .filter(() => invaders > 0)
        .map((other) => ({ client, server, against: `${INVADER}${other}`, fraction: invaders }))
    ])
  )
}

/** The cells of a match, one for each seed. */
export function tasksOf({ client, server, against, fraction }: Match, { json, seeds }: TournamentPlan): CellTask[] {
  const adversary = against === undefined ? undefined : { kind: against, fraction }
  return seeds.map((seed) => ({ json: { ...json, adversary }, spec: { server, client, seed }, detail: 'world' }))
}
