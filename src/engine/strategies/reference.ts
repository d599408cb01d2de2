import { InvalidParametersError } from '../../errors.ts'

/** What a reference such as `name` or `name:key=value,key=value` says. */
export interface Reference {
  readonly name: string
  readonly settings: Readonly<Record<string, string>>
}

/** Reads a reference of a strategy; `kind` is the word for it in errors. Throws `InvalidParametersError`. */
export function readReference(kind: string, text: string): Reference {
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
