import { strategyByName } from '../../engine/strategies/by-name.ts'
import { InvalidParametersError } from '../../errors.ts'
import type { WorldStrategies } from '../world.ts'

/** The strategies that two references name; each world makes its own instances of them. */
export async function loadStrategies(server: string, client: string): Promise<WorldStrategies> {
  if (client !== 'barter') throw new InvalidParametersError(`unknown client strategy ${client}: expected barter`)
  return { server: await Promise.resolve(strategyByName(server)), client: undefined }
}
