import { ApiError } from '../api-error.ts'
import { GLOBAL_OPTIONS, type Call, type OptionSpec, type Route } from './route.ts'

export type CallLine = Pick<Call, 'args' | 'options'>

/** Finds the command of a path, and the argument that may stand at its end. Undefined when there is none. */
export function findRoute(
  routes: ReadonlyMap<string, Route>,
  pathname: string
): { route: Route; arg?: string } | undefined {
  const path = pathname.replace(/^\/api\/v0\//u, '').replace(/\/$/u, '')
  const exact = routes.get(path)
  if (exact !== undefined) return { route: exact }
  const slash = path.lastIndexOf('/')
  const parent = routes.get(path.slice(0, Math.max(0, slash)))
  if (parent?.arg === undefined) return undefined
  return { route: parent, arg: decodeSegment(path.slice(slash + 1)) }
}

/** Reads arguments and options. Throws a `parse` error in the words that users of Kubo know; unknown options pass, but those that the route refuses. */
export function parseCall(route: Route, query: URLSearchParams, pathArg?: string): CallLine {
  const args = pathArg === undefined ? query.getAll('arg') : [pathArg, ...query.getAll('arg')]
  checkArgs(route, args)
  checkRefused(route, query)
  const options = new Map<string, string | number | boolean | readonly string[]>()
  for (const spec of [...GLOBAL_OPTIONS, ...(route.options ?? [])]) {
    for (const name of [spec.name, ...(spec.also ?? [])]) {
      const values = query.getAll(name)
      const last = values.at(-1)
      if (last !== undefined) options.set(spec.name, spec.type === 'strings' ? values : convert(spec, last))
    }
  }
  return { args, options }
}

function checkArgs({ arg, path }: Route, args: readonly string[]): void {
  if (arg !== undefined && args.length < arg.min) throw new ApiError('parse', `argument "${arg.name}" is required`)
  const most = arg === undefined ? 0 : arg.many === true ? Infinity : 1
  if (args.length > most) throw new ApiError('parse', `expected ${most} argument(s) for ${path}, got ${args.length}`)
  if (args.includes('')) throw new ApiError('parse', `argument "${arg?.name ?? ''}" is empty`)
}

function checkRefused({ refused = [] }: Route, query: URLSearchParams): void {
  const asked = refused.find((name) => query.has(name) && query.get(name) !== 'false')
  if (asked === undefined) return
  throw new ApiError('command', `the option ${asked} is not supported here: leave it out`, { code: 1 })
}

function convert(spec: OptionSpec, value: string): string | number | boolean {
  if (spec.type === 'bool') {
    if (['', 'true', '1', 't', 'T', 'TRUE', 'True'].includes(value)) return true
    if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value)) return false
    throw wrongOption(spec, value)
  }
  if (spec.type === 'int') {
    const number = Number(value)
    if (value.trim() === '' || !Number.isSafeInteger(number)) throw wrongOption(spec, value)
    return number
  }
  return value
}

function wrongOption(spec: OptionSpec, value: string): ApiError {
  return new ApiError('parse', `Could not convert value "${value}" to type "${spec.type}" (for option "-${spec.name}")`)
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new ApiError('parse', `"${segment}" is not %-encoded`)
  }
}
