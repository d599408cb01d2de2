/** A JSON object. Keys that Barter does not know stay in it, and survive a rewrite. */
export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Path of a value in a config, such as `['Peering', 'Peers', 0, 'ID']`. */
export type KeyPath = readonly PropertyKey[]

/** What a config has at a path; undefined for nothing. */
export function valueAt(config: unknown, path: KeyPath): unknown {
  let value = config
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part]
    else if (isObject(value) && typeof part === 'string') value = Object.hasOwn(value, part) ? value[part] : undefined
    else return undefined
  }
  return value
}
