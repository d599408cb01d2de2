import { InvalidParametersError } from '../../errors.ts'

/** A number that can be set when a strategy is named. */
export interface NumberParameter {
  readonly about: string
  /** Of the value: bytes, ms … */
  readonly unit: string
  readonly fallback: number
  readonly min: number
  readonly max?: number
  /** Only whole numbers make sense. */
  readonly whole?: boolean
}

/** Something that can be turned on or off. */
export interface SwitchParameter {
  readonly about: string
  readonly fallback: boolean
}

export type Parameter = NumberParameter | SwitchParameter

export type Parameters = Readonly<Record<string, Parameter>>

type Value = number | boolean

export type Values<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name]['fallback'] extends number
    ? number
    : P[Name]['fallback'] extends boolean
      ? boolean
      : Value
}

/** Not what only programs write, such as `0x10` or `Infinity`. */
const NUMBER = /^-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?$/i

/**
 * The values that a reference sets, for `valuesOf`; `owner` says whose they are in errors. Throws `InvalidParametersError`
 * that names what is wrong, and says what is allowed.
 */
export function readValues(
  owner: string,
  parameters: Parameters,
  settings: Readonly<Record<string, string>>
): Readonly<Record<string, Value>> {
  const entries = Object.entries(settings).map(([key, text]) => {
    const parameter = parameterOf(owner, parameters, key)
    const value = readValue(text, parameter)
    if (value === undefined) throw wrong(owner, key, JSON.stringify(text), parameter)
    return [key, value] as const
  })
  return Object.fromEntries(entries)
}

/** The fallbacks, with what is given in their place. Throws as `readValues` does. */
export function valuesOf<P extends Parameters>(
  owner: string,
  parameters: P,
  given: Readonly<Record<string, Value | undefined>>
): Values<P> {
  for (const key of Object.keys(given)) parameterOf(owner, parameters, key)
  const entries = Object.entries(parameters).map(([key, parameter]) => {
    const value = given[key] ?? parameter.fallback
    if (!isAllowed(value, parameter)) throw wrong(owner, key, String(value), parameter)
    return [key, value] as const
  })
  // Every name of the parameters has a value of its type by now, which the compiler cannot follow.
  return Object.fromEntries(entries) as Values<P>
}

/** `name:key=value,…` of the values that are not the fallbacks. */
export function nameWith(name: string, parameters: Parameters, values: Readonly<Record<string, Value>>): string {
  const set = Object.entries(parameters).filter(([key, { fallback }]) => values[key] !== fallback)
  return set.length === 0 ? name : `${name}:${set.map(([key]) => `${key}=${values[key]}`).join(',')}`
}

function parameterOf(owner: string, parameters: Parameters, key: string): Parameter {
  const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined
  if (parameter !== undefined) return parameter
  const known = Object.keys(parameters)
  const expected = known.length === 0 ? 'it has none' : `expected one of ${known.join(', ')}`
  throw new InvalidParametersError(`${owner} has no parameter ${key}: ${expected}`)
}

function readValue(text: string, parameter: Parameter): Value | undefined {
  if ('min' in parameter) return NUMBER.test(text) ? Number(text) : undefined
  return text === 'true' || text === 'false' ? text === 'true' : undefined
}

function isAllowed(value: Value, parameter: Parameter): boolean {
  if (typeof value === 'boolean' || !('min' in parameter)) return typeof value === typeof parameter.fallback
  const { min, max = Infinity, whole } = parameter
  return Number.isFinite(value) && value >= min && value <= max && (whole !== true || Number.isInteger(value))
}

function wrong(owner: string, key: string, found: string, parameter: Parameter): InvalidParametersError {
  return new InvalidParametersError(`${owner}: ${key} is ${found}: expected ${allowed(parameter)}`)
}

function allowed(parameter: Parameter): string {
  if (!('min' in parameter)) return 'true or false'
  const { unit, min, max, whole } = parameter
  const kind = whole === true ? 'a whole number' : 'a number'
  return `${kind} of ${unit}, ${max === undefined ? `${min} or more` : `from ${min} to ${max}`}`
}
