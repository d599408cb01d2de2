import { strategyByName } from '../../engine/strategies/by-name.ts'
import { clientByName } from '../clients/catalogue.ts'
import type { WorldStrategies } from '../world.ts'

/** The strategies that two references name; each peer of a world makes its own instance of them. */
export async function loadStrategies(server: string, client: string): Promise<WorldStrategies> {
  const strategy = await Promise.resolve(strategyByName(server))
  const asking = clientByName(client)
  return { server: strategy, client: (_peer, random) => asking.create({ random }) }
}
