/** A JSON object. Keys that Barter does not know stay in it, and survive a rewrite. */
export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
