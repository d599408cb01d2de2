import { validateHeaderName, validateHeaderValue } from 'node:http'
import * as z from 'zod'
import type { ApiAccess, Authorization } from '../api/access.ts'
import { authHeader } from '../api/auth-header.ts'
import type { JsonObject } from './config/json.ts'
import { RepoError } from './repo-error.ts'

const TEXTS = 'a list of texts'

const texts = z.union([z.string().transform((text) => [text]), z.array(z.string({ error: TEXTS }), { error: TEXTS })], {
  error: TEXTS
})

const authorization = z.looseObject(
  {
    AuthSecret: z
      .string({ error: 'a text such as bearer:<token>' })
      .refine(isSecret, { error: 'bearer:<token>, basic:<user>:<password> or basic:<base64>' }),
    AllowedPaths: texts.nullish()
  },
  { error: 'an object with AuthSecret and AllowedPaths' }
)

const schema = z.looseObject(
  {
    RequireToken: z.boolean({ error: 'true, false or null' }).nullish(),
    Authorizations: z.record(z.string(), authorization, { error: 'an object' }).nullish(),
    HTTPHeaders: z.record(z.string().refine(isHeaderName), headerTexts(), { error: 'an object of lists' }).nullish(),
    Hosts: texts.nullish()
  },
  { error: 'an object' }
)

/** What `API` of a config says about who may command. Throws `RepoError` that names the key, and shows no secret. */
export function readApiAccess(config: JsonObject, where: string): Omit<ApiAccess, 'token'> {
  const { data, error } = schema.safeParse(config.API ?? {})
  if (data === undefined) {
    const issue = error.issues[0]
    const key = ['API', ...(issue?.path ?? [])].join('.')
    const expected = issue?.message ?? 'something else'
    throw new RepoError('ERR_REPO_CONFIG', `the config ${where} cannot be used: ${key}: expected ${expected}`)
  }
  return {
    requireToken: data.RequireToken ?? true,
    authorizations: Object.entries(data.Authorizations ?? {}).map(toAuthorization),
    headers: data.HTTPHeaders ?? {},
    hosts: data.Hosts ?? []
  }
}

function toAuthorization([name, entry]: [string, z.output<typeof authorization>]): Authorization {
  return { name, secret: entry.AuthSecret, allowedPaths: entry.AllowedPaths ?? [] }
}

function headerTexts() {
  return texts.refine((values) => values.every(isHeaderValue), { error: 'texts that can stand in a header' })
}

function isSecret(secret: string): boolean {
  return passes(() => authHeader(secret))
}

function isHeaderName(name: string): boolean {
  return passes(() => validateHeaderName(name))
}

function isHeaderValue(value: string): boolean {
  return passes(() => validateHeaderValue('name', value))
}

function passes(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}
