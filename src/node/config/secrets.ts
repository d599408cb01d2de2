import { isObject, type JsonObject } from './json.ts'

/** Where secrets stand: ours, and those of Kubo's that a config may have brought along. `*` is any name. */
const SECRETS: readonly (readonly string[])[] = [
  ['Identity', 'PrivKey'],
  ['API', 'Authorizations', '*', 'AuthSecret'],
  ['Barter', 'Telemetry', 'Headers', '*'],
  ['Pinning', 'RemoteServices', '*', 'API', 'Key']
]

/** Names that say of themselves that nobody should read what is under them, wherever they stand. */
const TELLING = /(?:secret|password|passphrase|privkey|privatekey|accesskey|apikey)$/iu

/** True for the place of a secret, as far as a name can tell. */
export function isSecretPath(path: readonly string[]): boolean {
  const matches = (secret: readonly string[]): boolean =>
    secret.length === path.length && secret.every((name, index) => name === '*' || sameName(name, path[index]))
  return SECRETS.some(matches) || TELLING.test(path.at(-1) ?? '')
}

/** A copy of a config, or of the part of it at a path, in which no secret stands. */
export function withoutSecrets(value: unknown, path: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, path))
  if (!isObject(value)) return value
  const shown = Object.entries(value).filter(([name, entry]) => isObject(entry) || !isSecretPath([...path, name]))
  return Object.fromEntries(shown.map(([name, entry]) => [name, withoutSecrets(entry, [...path, name])]))
}

/** The texts of all secrets of a config, for a log that must not show them. */
export function secretsOf(value: unknown, path: readonly string[] = []): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => secretsOf(entry, path))
  if (typeof value === 'string') return isSecretPath(path) ? [value, ...bareSecret(value)] : []
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, entry]) => secretsOf(entry, [...path, name]))
}

/** A config that came back from somebody who was not shown its secrets: what is left of them is put in again. */
export function restoreSecrets(next: JsonObject, before: JsonObject, path: readonly string[] = []): JsonObject {
  const result: JsonObject = { ...next }
  for (const [name, old] of Object.entries(before)) {
    const here = [...path, name]
    const value = next[name]
    if (isObject(old) && isObject(value)) result[name] = restoreSecrets(value, old, here)
    else if (!Object.hasOwn(next, name) && !isObject(old) && isSecretPath(here)) result[name] = old
  }
  return result
}

/** `bearer:<token>` is a secret, and so is the token. */
function bareSecret(text: string): readonly string[] {
  const [, bare] = /^(?:bearer|basic):(?:[^:]*:)?(.+)$/u.exec(text) ?? []
  return bare === undefined ? [] : [bare]
}

function sameName(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase()
}
