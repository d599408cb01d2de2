import { InvalidParametersError } from './errors.ts'

/**
 * For callers that no compiler checks: what lacks a method would fail far inside, when it is first needed. A method may be
 * that of a part, as in `peerStore.get`. Throws `InvalidParametersError` that names all that is missing.
 */
export function requireMethods(value: unknown, what: string, methods: readonly string[]): void {
  if (value === undefined || value === null) throw new InvalidParametersError(`${what} is missing`)
  if (value instanceof Promise) throw new InvalidParametersError(`${what} is a promise: await it`)
  const missing = methods.filter((path) => typeof memberOf(value, path) !== 'function')
  if (missing.length === 0) return
  throw new InvalidParametersError(`${what} has no ${missing.map((path) => `${path}()`).join(', ')}`)
}

function memberOf(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | null | undefined)?.[name], value)
}
