import type { ConfigEntry } from '../../api/service/config-service.ts'
import type { Config } from './config.ts'
import { isObject, valueAt, type JsonObject } from './json.ts'
import { keyAt, KNOWN_KEYS, type KnownKey } from './known-keys.ts'
import { isSecretPath, withoutSecrets } from './secrets.ts'

/** Stands for a secret that is set. */
const HIDDEN = '(secret)'

/** Every setting as it is in force, and where it comes from; keys that nobody knows come last. */
export function effectiveEntries(
  config: Pick<Config, 'file' | 'source' | 'merged' | 'overrides'>
): readonly ConfigEntry[] {
  const ours = KNOWN_KEYS.map((known) => entryOf(known, config))
  const others = unknownLeaves(config.source, []).map(([path, value]) => ({
    key: path.join('.'),
    value,
    origin: 'file' as const,
    source: config.file,
    isLive: false
  }))
  return [...ours, ...others]
}

/** Keys whose value is not the same in both, known or not. */
export function changedKeys(before: JsonObject, after: JsonObject): readonly string[] {
  const known = KNOWN_KEYS.filter(({ path }) => !isSame(valueAt(before, path), valueAt(after, path)))
  const leaves = (config: JsonObject) =>
    new Map(unknownLeaves(config, [], (value) => value).map(([path, value]) => [path.join('.'), value]))
  const [old, now] = [leaves(before), leaves(after)]
  const others = [...new Set([...old.keys(), ...now.keys()])].filter((key) => !isSame(old.get(key), now.get(key)))
  return [...known.map(({ key }) => key), ...others]
}

function entryOf(
  known: KnownKey,
  { file, merged, overrides }: Pick<Config, 'file' | 'merged' | 'overrides'>
): ConfigEntry {
  const { key, path, missing, rule, isLive = false, isSecret = false } = known
  const found = valueAt(merged, path)
  if (found === undefined || found === null || found === '') {
    return { key, value: missing ?? rule ?? null, origin: 'default', source: '', isLive }
  }
  const value = isSecret && !isObject(found) ? HIDDEN : withoutSecrets(found, path)
  const override = overrides.findLast((one) => one.key === key)
  if (override === undefined) return { key, value, origin: 'file', source: file, isLive }
  return { key, value, origin: override.origin, source: override.source, isLive }
}

type Leaf = readonly [path: readonly string[], value: unknown]

function unknownLeaves(
  value: unknown,
  path: readonly string[],
  show: (value: unknown, path: readonly string[]) => unknown = shown
): readonly Leaf[] {
  if (path.length > 0 && keyAt(path) !== undefined) return []
  if (!isObject(value)) return [[path, show(value, path)]]
  return Object.entries(value).flatMap(([name, entry]) => unknownLeaves(entry, [...path, name], show))
}

function shown(value: unknown, path: readonly string[]): unknown {
  return isSecretPath(path) ? HIDDEN : withoutSecrets(value, path)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
