import type { Strategy } from '../strategy.ts'
import { best } from './best.ts'
import { bitTyrant } from './bit-tyrant.ts'
import { boxoFair } from './boxo-fair.ts'
import { debtRatio, debtRatioKind } from './debt-ratio.ts'
import { deficitRoundRobin } from './deficit-round-robin.ts'
import { fairShare } from './fair-share.ts'
import { fairTorrent } from './fair-torrent.ts'
import { fifo } from './fifo.ts'
import { generous } from './generous.ts'
import { goDefault } from './go-default.ts'
import type { StrategyKind } from './kind.ts'
import { readValues, valuesOf } from './parameters.ts'
import { propShare } from './prop-share.ts'
import { findByReference } from './reference.ts'
import { roundRobin } from './round-robin.ts'
import { swap } from './swap.ts'
import { titForTat } from './tit-for-tat.ts'
import { weightedRounds } from './weighted-rounds.ts'
import { whitepaper, whitepaperLoad } from './whitepaper.ts'

/** The strategies that come with Barter: those made for production, then those that were published or are controls. */
export const STRATEGIES: readonly StrategyKind[] = [
  debtRatioKind,
  withoutParameters(fairShare),
  withoutParameters(generous),
  fifo,
  roundRobin,
  deficitRoundRobin,
  goDefault,
  boxoFair,
  whitepaper,
  whitepaperLoad,
  ...weightedRounds,
  best,
  titForTat,
  propShare,
  fairTorrent,
  bitTyrant,
  swap
]

/** The first is the default. */
export const STRATEGY_NAMES: readonly string[] = STRATEGIES.map(({ name }) => name)

export const DEFAULT_STRATEGY: Strategy = debtRatio

/**
 * The strategy that is meant by `name` or `name:key=value,key=value`. Throws `InvalidParametersError` that names what is
 * wrong, and says what is allowed.
 */
export function strategyByName(reference: string): Strategy {
  const { found, settings } = findByReference('strategy', reference, STRATEGIES)
  return found.with(readValues(`strategy ${found.name}`, found.parameters, settings))
}

function withoutParameters(strategy: Strategy): StrategyKind {
  return {
    name: strategy.name,
    about: strategy.about,
    source: strategy.source,
    parameters: {},
    with: (given = {}) => {
      valuesOf(`strategy ${strategy.name}`, {}, given)
      return strategy
    }
  }
}
