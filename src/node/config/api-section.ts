import * as z from 'zod'
import { flag, section, structured, textList, texts } from './keys.ts'

/** A secret that opens the API, or a part of it (`API.Authorizations`). */
export interface Authorization {
  readonly name: string
  /** `bearer:<token>`, `basic:<user>:<password>` or `basic:<base64>`. Shown to nobody. */
  readonly secret: string
  /** What a path must start with. */
  readonly allowedPaths: readonly string[]
}

/** `API`: who may command this peer, and what browsers are told. */
export interface ApiConfig {
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly authorizations: readonly Authorization[]
  /** Names under which it may be called, beside those of loopback. */
  readonly hosts: readonly string[]
  /** Whoever calls must show a token (`API.RequireToken`). */
  readonly requireToken: boolean
}

const SECRET = 'bearer:<token>, basic:<user>:<password> or basic:<base64>'

const authorization = section({
  AuthSecret: z.string({ error: SECRET }).refine((text) => /^(?:bearer|basic):./u.test(text), { error: SECRET }),
  AllowedPaths: textList().prefault([])
})

export const apiSchema = section({
  HTTPHeaders: structured(
    'Headers of every answer, and what Access-Control-Allow-Origin lets in.',
    'an object of lists of texts',
    z.record(z.string(), textList(), { error: 'an object of lists of texts' }).default({}),
    { missing: {} }
  ),
  Authorizations: structured(
    'Who may command this peer, beside whoever has its token.',
    'an object such as {"alice": {"AuthSecret": "bearer:…", "AllowedPaths": ["/api/v0"]}}',
    z.record(z.string(), authorization, { error: 'an object of objects' }).default({}),
    { missing: {}, isSecret: true }
  ),
  Hosts: texts('Names of hosts, beside those of loopback, under which the API may be called.', 'names of hosts'),
  RequireToken: flag(
    'Let nobody command this peer without a token; false is for tools that expect an open API, on loopback alone.',
    true
  )
}).prefault({})

export function toApi(values: z.output<typeof apiSchema>): ApiConfig {
  return {
    headers: values.HTTPHeaders,
    authorizations: Object.entries(values.Authorizations).map(([name, { AuthSecret, AllowedPaths }]) => ({
      name,
      secret: AuthSecret,
      allowedPaths: AllowedPaths
    })),
    hosts: values.Hosts,
    requireToken: values.RequireToken
  }
}
