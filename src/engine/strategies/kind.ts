import { InvalidParametersError } from '../../errors.ts'
import type { Scheduler, Strategy, StrategyWorld } from '../strategy.ts'

/** A number that can be set when a strategy is named. */
export interface Parameter {
  readonly about: string
  /** Of the value: bytes, ms … */
  readonly unit: string
  readonly fallback: number
  readonly min: number
  readonly max?: number
  /** Only whole numbers make sense. */
  readonly whole?: boolean
}

export type Parameters = Readonly<Record<string, Parameter>>
export type Values<P extends Parameters> = { readonly [Name in keyof P]: number }

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

interface KindInit<P extends Parameters> {
  readonly name: string
  readonly about: string
  readonly source: string
  readonly refuses?: string
  readonly starves?: string
  readonly parameters: P
  readonly create: (values: Values<P>, world: StrategyWorld) => Scheduler
}

export function strategyKind<P extends Parameters>(init: KindInit<P>): StrategyKind<P> {
  const { create, parameters, ...words } = init
  return {
    ...words,
    parameters,
    with: (given = {}) => {
      const values = valuesOf(init.name, parameters, given)
      return { ...words, name: nameWith(init.name, parameters, values), create: (world) => create(values, world) }
    }
  }
}

/** The fallbacks, with what is given in their place. */
export function valuesOf<P extends Parameters>(name: string, parameters: P, given: Partial<Values<P>>): Values<P> {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(parameters, key)) continue
    const known = Object.keys(parameters)
    const expected = known.length === 0 ? 'it has none' : `expected one of ${known.join(', ')}`
    throw new InvalidParametersError(`strategy ${name} has no parameter ${key}: ${expected}`)
  }
  const entries = Object.entries(parameters).map(([key, parameter]) => {
    const value = given[key] ?? parameter.fallback
    if (!isAllowed(value, parameter)) {
      throw new InvalidParametersError(`strategy ${name}: ${key} is ${value}: expected ${allowed(parameter)}`)
    }
    return [key, value] as const
  })
  return Object.fromEntries(entries) as Values<P>
}

/** `name:key=value,…` of the values that are not the fallbacks. */
export function nameWith(name: string, parameters: Parameters, values: Readonly<Record<string, number>>): string {
  const set = Object.entries(parameters).filter(([key, { fallback }]) => values[key] !== fallback)
  return set.length === 0 ? name : `${name}:${set.map(([key]) => `${key}=${values[key]}`).join(',')}`
}

/** What a parameter may be, to complete "expected …". */
export function allowed({ unit, min, max, whole }: Parameter): string {
  const kind = whole === true ? 'a whole number' : 'a number'
  return `${kind} of ${unit}, ${max === undefined ? `${min} or more` : `from ${min} to ${max}`}`
}

function isAllowed(value: number, { min, max = Infinity, whole }: Parameter): boolean {
  return Number.isFinite(value) && value >= min && value <= max && (whole !== true || Number.isInteger(value))
}
