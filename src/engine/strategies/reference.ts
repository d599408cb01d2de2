import { didYouMean } from '../../did-you-mean.ts'
import { InvalidParametersError } from '../../errors.ts'

/** What a reference such as `name` or `name:key=value,key=value` says. */
interface Reference {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Which of `known` a reference means, and what it sets; `kind` is the word for them in errors. Throws
 * `InvalidParametersError` that names what is wrong, and says what is allowed.
 */
export function findByReference<Known extends { readonly name: string }>(
  kind: string,
  text: string,
  known: readonly Known[]
): { readonly found: Known; readonly settings: Reference['settings'] } {
  const { name, settings } = readReference(kind, text)
  const found = known.find((candidate) => candidate.name === name)
  if (found !== undefined) return { found, settings }
  const names = known.map((candidate) => candidate.name)
  throw new InvalidParametersError(
    `unknown ${kind} ${name}: expected one of ${names.join(', ')}${didYouMean(name, names)}`
  )
}

function readReference(kind: string, text: string): Reference {
  const colon = text.indexOf(':')
  if (colon < 0) return { name: text, settings: {} }
  const name = text.slice(0, colon)
  const settings: Record<string, string> = {}
  for (const part of text.slice(colon + 1).split(',')) {
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(part.trim()) ?? []
    if (key === '') {
      throw new InvalidParametersError(
        `${kind} ${name}: ${JSON.stringify(part)} is no parameter: expected key=value,key=value`
      )
    }
    if (Object.hasOwn(settings, key)) throw new InvalidParametersError(`${kind} ${name}: ${key} is set twice`)
    settings[key] = value
  }
  return { name, settings }
}
