import * as z from 'zod'
import type { ApiAccess, Authorization } from '../../api/server/access.ts'
import { authHeader } from '../../api/formats/auth-header.ts'
import { headersKey, passes } from './headers-key.ts'
import { flag, section, structured, textList, texts } from './keys.ts'

/** `API`: who may command this peer, and what browsers are told. */
export interface ApiConfig extends ApiAccess {
  /** Secrets that open the API, or a part of it (`API.Authorizations`). */
  readonly authorizations: readonly Authorization[]
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly hosts: readonly string[]
}

const SECRET = 'bearer:<token>, basic:<user>:<password> or basic:<base64>'

const authorization = section({
  AuthSecret: z.string({ error: SECRET }).refine((text) => passes(() => authHeader(text)), { error: SECRET }),
  AllowedPaths: textList().prefault([])
})

export const apiSchema = section({
  HTTPHeaders: headersKey('Headers of every answer, and what Access-Control-Allow-Origin lets in.'),
  Authorizations: structured(
    'Who may command this peer, beside whoever has its token.',
    'an object such as {"alice": {"AuthSecret": "bearer:…", "AllowedPaths": ["/api/v0"]}}',
    z.record(z.string(), authorization, { error: 'an object of objects' }).default({}),
    { missing: {}, isSecret: true }
  ),
  RequireToken: flag(
    'Let nobody command this peer without a token; false is for tools that expect an open API, on loopback alone.',
    true
  ),
  Hosts: texts(
    'Names by which the API is called beside its address, such as that of a proxy; with a port where it is not 80.',
    'a host name, or host:port',
    (host) => (/^[\w.-]+(?::\d{1,5})?$/u.test(host) ? undefined : 'a host name, or host:port')
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
    requireToken: values.RequireToken,
    hosts: values.Hosts
  }
}
