import { InvalidParametersError } from '../errors.ts'

/** A storage specification taken apart: `<scheme>:<location>?<name>=<value>&…`. */
export interface StorageSpec {
  readonly scheme: string
  readonly location: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The parameters of a scheme: the values allowed, or any whole number. */
export type AllowedParameters = Readonly<Record<string, 'number' | readonly string[]>>

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
    const holds = values === 'number' ? /^\d+$/.test(value) : values.includes(value)
    if (!holds) {
      const expected = values === 'number' ? 'a whole number' : values.join(' or ')
      throw new InvalidParametersError(`storage ${scheme}: ${name} is ${value}: expected ${expected}`)
    }
    parameters[name] = value
  }
  return parameters
}
