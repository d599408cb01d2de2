import type * as z from 'zod'
import type { KeyPath } from './json.ts'
import { KEYS, type KeyInfo } from './keys.ts'
import { configSchema } from './schema.ts'

/** A key that the schema knows. */
export interface KnownKey extends KeyInfo {
  /** In dots. */
  readonly key: string
  readonly path: readonly string[]
  /** The variable that sets it. */
  readonly variable: string
}

const BY_TYPE: ReadonlyMap<z.core.$ZodType, KnownKey> = new Map(walk(configSchema, []))

/** Every key of the config, in the order of the schema. */
export const KNOWN_KEYS: readonly KnownKey[] = [...BY_TYPE.values()]

const BY_KEY = new Map(KNOWN_KEYS.map((known) => [known.key, known]))

export function knownKey(key: string): KnownKey | undefined {
  return BY_KEY.get(key)
}

/** The key that a type of the schema belongs to. */
export function keyOfType(type: z.core.$ZodType): KnownKey | undefined {
  return BY_TYPE.get(type)
}

/** The key that a path lies at or below. */
export function keyAt(path: KeyPath): KnownKey | undefined {
  return KNOWN_KEYS.find((known) => known.path.every((part, index) => path[index] === part))
}

/** The names in the section, or in the object of a list, at a path. */
export function namesAt(path: KeyPath): readonly string[] {
  let type: z.core.$ZodType | undefined = configSchema
  for (const part of path) type = below(type, part)
  return Object.keys(shapeOf(type) ?? {})
}

function* walk(type: z.core.$ZodType, path: readonly string[]): Generator<readonly [z.core.$ZodType, KnownKey]> {
  const info = KEYS.get(type)
  if (info !== undefined) {
    yield [type, { ...info, key: path.join('.'), path, variable: variableOf(path) }]
    return
  }
  for (const [name, child] of Object.entries(shapeOf(type) ?? {})) yield* walk(child, [...path, name])
}

/** Keys of ours do not say twice whose they are. */
function variableOf(path: readonly string[]): string {
  const own = path[0] === 'Barter' ? path.slice(1) : path
  return `BARTER_${own.join('_').toUpperCase()}`
}

function below(type: z.core.$ZodType | undefined, part: PropertyKey): z.core.$ZodType | undefined {
  const def = bare(type)?._zod.def
  if (typeof part === 'number')
    return def !== undefined && 'element' in def ? (def.element as z.core.$ZodType) : undefined
  return shapeOf(type)?.[String(part)]
}

function shapeOf(type: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const def = bare(type)?._zod.def
  return def !== undefined && 'shape' in def ? (def.shape as Record<string, z.core.$ZodType>) : undefined
}

/** Without what wraps a type: its default, or that it may be left out. */
function bare(type: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  const def = type?._zod.def
  return def !== undefined && 'innerType' in def ? bare(def.innerType as z.core.$ZodType) : type
}
