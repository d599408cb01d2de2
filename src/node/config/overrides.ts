import { didYouMean } from '../../did-you-mean.ts'
import { InvalidParametersError } from '../../errors.ts'
import { isObject, type JsonObject } from './json.ts'
import type { TextForm } from './keys.ts'
import { KNOWN_KEYS, knownKey, type KnownKey } from './known-keys.ts'
import { kuboOverrides } from './kubo-environment.ts'
import { otelOverrides } from './otel-environment.ts'
import type { Override } from './override.ts'

/** Variables with our prefix that are no settings. */
const NO_SETTINGS = /^BARTER_(?:PATH|SEED|UPDATE|REWRITE|INTEROP|BENCH_.*|SERVER_FLAGS|TEST_.*)$/u

/** A slip of the pen is this near to what was meant. */
const VARIABLES = new Map(
  KNOWN_KEYS.filter(({ path }) => path[0] !== 'Identity').map((known) => [known.variable, known])
)

/** What the environment sets. Ours go before Kubo's of the same meaning. An empty variable sets nothing. */
export function environmentOverrides(
  env: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void = () => undefined
): readonly Override[] {
  const ours: Override[] = []
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('BARTER_') || text === undefined || text === '') continue
    const known = VARIABLES.get(name)
    if (known !== undefined) ours.push(override(known, readText(known.form, text), 'environment', name))
    else if (!NO_SETTINGS.test(name)) {
      warn(`the variable ${name} sets nothing${didYouMean(name, [...VARIABLES.keys()])}`)
    }
  }
  return [...kuboOverrides(env), ...otelOverrides(env), ...ours]
}

/** Settings of one start, as `--set Key.Path=value`. Throws `InvalidParametersError` for a key that nobody knows. */
export function flagOverrides(settings: readonly string[]): readonly Override[] {
  return settings.map((setting) => {
    const [, key = '', text = ''] = /^([^=]+)=(.*)$/su.exec(setting) ?? []
    if (key === '') throw new InvalidParametersError(`--set ${setting}: expected Key.Path=value`)
    const known = knownKey(key)
    if (known === undefined || known.path[0] === 'Identity') {
      const names = [...VARIABLES.values()].map((one) => one.key)
      throw new InvalidParametersError(
        `--set ${key}: no such key, and a flag is for this program alone${didYouMean(key, names)}`
      )
    }
    return override(known, readText(known.form, text), 'flag', `--set ${key}`)
  })
}

/** A config with some of its values replaced, the later ones last. */
export function withOverrides(source: JsonObject, overrides: readonly Override[]): JsonObject {
  return overrides.reduce((config, { key, value }) => withValue(config, key.split('.'), value), source)
}

/** A copy with one value replaced; sections on the way are made. */
export function withValue(config: JsonObject, [name = '', ...rest]: readonly string[], value: unknown): JsonObject {
  if (rest.length === 0) return { ...config, [name]: value }
  const section = Object.hasOwn(config, name) ? config[name] : undefined
  return { ...config, [name]: withValue(isObject(section) ? section : {}, rest, value) }
}

/** The value that a text stands for. One that is none is passed on, for the schema to complain about. */
export function readText(form: TextForm, text: string): unknown {
  if (text === 'null') return null
  if (form === 'flag') return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text
  if (form === 'number') return /^-?\d+$/u.test(text) ? Number(text) : text
  if (form === 'list' && !text.trimStart().startsWith('[')) {
    return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  }
  return form === 'text' ? text : parseJson(text)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function override({ key }: KnownKey, value: unknown, origin: Override['origin'], source: string): Override {
  return { key, value, origin, source }
}
