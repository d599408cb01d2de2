import type { Scheduler, Strategy, StrategyWorld } from '../strategy.ts'
import { nameWith, valuesOf, type Parameters, type Values } from './parameters.ts'

/** A strategy that comes with Barter, and what of it can be set. */
export interface StrategyKind<P extends Parameters = Parameters> {
  readonly name: string
  readonly about: string
  readonly source: string
  readonly refuses?: string
  readonly starves?: string
  readonly parameters: P
  /** With other values than the fallbacks, they are part of the name. Throws `InvalidParametersError`. */
  with(values?: Partial<Values<P>>): Strategy
}

interface KindInit<P extends Parameters> extends Omit<StrategyKind<P>, 'with'> {
  readonly create: (values: Values<P>, world: StrategyWorld) => Scheduler
}

export function strategyKind<P extends Parameters>(init: KindInit<P>): StrategyKind<P> {
  const { create, parameters, ...words } = init
  return {
    ...words,
    parameters,
    with: (given = {}) => {
      const values = valuesOf(`strategy ${init.name}`, parameters, given)
      return { ...words, name: nameWith(init.name, parameters, values), create: (world) => create(values, world) }
    }
  }
}
