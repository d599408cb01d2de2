import * as z from 'zod'
import type { JsonObject } from './json.ts'
import { keyOfType, type KnownKey } from './known-keys.ts'
import { configSchema } from './schema.ts'

/** JSON Schema (2020-12) of a config file. `null` is allowed for every key, for "as by default". */
export function configJsonSchema(): JsonObject {
  const schema = z.toJSONSchema(configSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.default
      const known = keyOfType(zodSchema)
      if (known === undefined) return
      const whole = document(known, { ...jsonSchema })
      for (const name of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, name)
      Object.assign(jsonSchema, whole)
    }
  })
  return { ...schema, title: 'The config of a Barter repo' }
}

function document({ description, missing, variable, isLive = false, path }: KnownKey, plain: JsonObject): JsonObject {
  const { anyOf } = plain
  const forms: readonly unknown[] = Array.isArray(anyOf) ? anyOf : [plain]
  return {
    description,
    ...(missing === undefined ? {} : { default: missing }),
    anyOf: [...forms, { type: 'null' }],
    ...(path[0] === 'Identity' ? {} : { 'x-variable': variable }),
    'x-live': isLive
  }
}
