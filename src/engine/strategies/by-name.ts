import { InvalidParametersError } from '../../errors.ts'
import type { Strategy } from '../strategy.ts'
import { debtRatio } from './debt-ratio.ts'
import { fairShare } from './fair-share.ts'
import { generous } from './generous.ts'

const STRATEGIES: readonly Strategy[] = [debtRatio, fairShare, generous]

/** Names of the strategies that come with Barter; the first is the default. */
export const STRATEGY_NAMES: readonly string[] = STRATEGIES.map(({ name }) => name)

export const DEFAULT_STRATEGY: Strategy = debtRatio

/** Throws `InvalidParametersError` that lists the names. */
export function strategyByName(name: string): Strategy {
  const strategy = STRATEGIES.find((candidate) => candidate.name === name)
  if (strategy !== undefined) return strategy
  throw new InvalidParametersError(`unknown strategy ${name}: expected one of ${STRATEGY_NAMES.join(', ')}`)
}
