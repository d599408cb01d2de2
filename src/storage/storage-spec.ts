import { InvalidParametersError } from '../errors.ts'

/** A storage specification taken apart: `<scheme>:<location>?<name>=<value>&…`. */
export interface StorageSpec {
  readonly scheme: string
  readonly location: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The parameters of a scheme: the values allowed, or bytes: a whole number, or one with KB, MB, GB, KiB, MiB or GiB. */
export type AllowedParameters = Readonly<Record<string, 'bytes' | readonly string[]>>

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30]
])

/** The bytes that a parameter stands for; undefined when it is left out. */
export function bytesOf(parameter: string | undefined): number | undefined {
  const [, amount, unit = ''] = /^(\d+)([KMG]i?B)?$/u.exec(parameter ?? '') ?? []
  return amount === undefined ? undefined : Number(amount) * (UNITS.get(unit) ?? 1)
}

/** Where something lies, without the parameters, which can change from one start to the next. */
export function placeOfSpec(text: string): string {
  return text.replace(/\?[^?]*$/u, '')
}

/** Takes a specification apart and checks it. Throws `InvalidParametersError` that says what is allowed. */
export function parseStorageSpec(text: string, schemes: Readonly<Record<string, AllowedParameters>>): StorageSpec {
  const colon = text.indexOf(':')
  const scheme = text.slice(0, Math.max(colon, 0))
  const allowed = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined
  if (allowed === undefined) {
    const known = Object.keys(schemes).map((name) => `${name}:`)
    throw new InvalidParametersError(`unknown storage ${JSON.stringify(text)}: expected ${known.join(', ')}`)
  }
  const question = text.lastIndexOf('?')
  const location = question < 0 ? text.slice(colon + 1) : text.slice(colon + 1, question)
  const parameters = question < 0 ? {} : parseParameters(text.slice(question + 1), scheme, allowed)
  return { scheme, location, parameters }
}

function parseParameters(text: string, scheme: string, allowed: AllowedParameters): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const values = Object.hasOwn(allowed, name) ? allowed[name] : undefined
    if (values === undefined) {
      const known = Object.keys(allowed).join(', ') || 'none'
      throw new InvalidParametersError(`storage ${scheme}: has no parameter ${name}: expected ${known}`)
    }
    const holds = values === 'bytes' ? bytesOf(value) !== undefined : values.includes(value)
    if (!holds) {
      const expected = values === 'bytes' ? 'a whole number of bytes, or one such as 64MB' : values.join(' or ')
      throw new InvalidParametersError(`storage ${scheme}: ${name} is ${value}: expected ${expected}`)
    }
    parameters[name] = value
  }
  return parameters
}
