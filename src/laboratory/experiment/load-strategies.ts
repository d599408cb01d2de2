import { clientByName } from '../clients/catalogue.ts'
import { loadStrategy } from '../load-strategy.ts'
import type { WorldStrategies } from '../world-strategies.ts'

/** The strategies that two references name; each peer of a world makes its own instance of them. */
export async function loadStrategies(server: string, client: string): Promise<WorldStrategies> {
  const asking = clientByName(client)
  return { server: await loadStrategy(server), client: (_peer, random) => asking.create({ random }) }
}
