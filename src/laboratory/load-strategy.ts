import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { strategyByName } from '../engine/strategies/by-name.ts'
import type { Strategy } from '../engine/strategy.ts'
import { InvalidParametersError } from '../errors.ts'

/** A file is meant, and no name: it says where it lies, or what kind it is. */
const PATH = /[/\\]|\.[cm]?[jt]s$/

/** Where the module of a reference lies, from the folder `from`; undefined for the name of a strategy. */
export function modulePath(reference: string, from: string = process.cwd()): string | undefined {
  return PATH.test(reference) ? resolve(from, reference) : undefined
}

/**
 * The server strategy of a reference: a name, `name:key=value,…`, or the path of a module whose default export is a
 * `Strategy`; `from` is the folder that paths start at. Throws `InvalidParametersError` that says what is wrong with it.
 */
export async function loadStrategy(reference: string, from: string = process.cwd()): Promise<Strategy> {
  const path = modulePath(reference, from)
  if (path === undefined) return strategyByName(reference)
  let loaded: unknown
  try {
    loaded = await import(pathToFileURL(path).href)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidParametersError(`the strategy ${path} cannot be loaded: ${reason}`, { cause })
  }
  const strategy = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined
  if (isStrategy(strategy)) return strategy
  throw new InvalidParametersError(
    `the strategy ${path} is none: expected a default export with name, about, source and create({ random })`
  )
}

function isStrategy(value: unknown): value is Strategy {
  if (typeof value !== 'object' || value === null) return false
  const { name, about, source, create } = value as Partial<Record<keyof Strategy, unknown>>
  return [name, about, source].every((words) => typeof words === 'string') && typeof create === 'function'
}
