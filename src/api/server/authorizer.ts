import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiAccess, Authorization } from './access.ts'
import { authHeader } from '../formats/auth-header.ts'
import type { Refusal } from './guard.ts'

/** Asks nobody, and still is for everybody who has any right. */
const VERSION_PATH = '/api/v0/version'

interface Key {
  readonly digest: Buffer
  readonly allowedPaths: readonly string[]
}

/** Checks what a caller shows: the token of this peer, or one of the secrets in its config. */
export class Authorizer {
  readonly #keys: readonly Key[]
  /** The token of this peer. */
  readonly #own: Key | undefined
  readonly #isRequired: boolean
  readonly #isKubos: boolean

  constructor({ token, requireToken, authorizations = [] }: ApiAccess) {
    this.#own =
      token === undefined ? undefined : toKey({ name: 'token', secret: `bearer:${token}`, allowedPaths: ['/'] })
    this.#keys = [...(this.#own === undefined ? [] : [this.#own]), ...authorizations.map(toKey)]
    this.#isRequired = requireToken || authorizations.length > 0
    this.#isKubos = authorizations.length > 0
  }

  /** The refusal of a request, or undefined when it may go on. `shown` is its `Authorization` header. */
  check(shown: string | undefined, pathname: string): Refusal | undefined {
    if (!this.#isRequired) return undefined
    if (shown === undefined) return this.#refusal(shown)
    const digest = digestOf(shown)
    // All are looked at, whether one has fitted or not: how long it takes says nothing about which.
    const fitting = this.#keys.filter((key) => timingSafeEqual(key.digest, digest))
    const isAllowed = fitting.some(({ allowedPaths }) => allows(allowedPaths, pathname))
    if (isAllowed || (fitting.length > 0 && pathname === VERSION_PATH)) return undefined
    return this.#refusal(shown)
  }

  /** The same of what is for the owner alone: nothing but the token will do, whoever else may command. */
  checkOwner(shown: string | undefined): Refusal | undefined {
    const isOwner = shown !== undefined && this.#own !== undefined && timingSafeEqual(this.#own.digest, digestOf(shown))
    return isOwner ? undefined : this.#refusal(shown)
  }

  #refusal(shown: string | undefined): Refusal {
    if (this.#isKubos) return DENIED
    return shown === undefined ? UNAUTHORIZED : WRONG_TOKEN
  }
}

function toKey({ secret, allowedPaths }: Authorization): Key {
  return { digest: digestOf(authHeader(secret)), allowedPaths }
}

/** The scheme is written as one likes. */
function digestOf(header: string): Buffer {
  const [scheme = '', ...value] = header.split(' ')
  return createHash('sha256')
    .update([scheme.toLowerCase(), ...value].join(' '))
    .digest()
}

/** A path allows itself and what is below it: `/api/v0/id` is no leave for `/api/v0/identity`. */
function allows(allowedPaths: readonly string[], pathname: string): boolean {
  return allowedPaths
    .map((path) => path.replace(/\/+$/u, ''))
    .some((path) => pathname === path || pathname.startsWith(`${path}/`))
}

const DENIED: Refusal = {
  status: 403,
  text: 'Kubo RPC Access Denied: Please provide a valid authorization token as defined in the API.Authorizations configuration.'
}

const HINT =
  'the token of this peer is in the file api-token of its repo: show it as "Authorization: Bearer <token>", or with --api-auth'

const UNAUTHORIZED: Refusal = {
  status: 401,
  text: `401 - Unauthorized: ${HINT}`,
  headers: { 'WWW-Authenticate': 'Bearer' }
}

const WRONG_TOKEN: Refusal = { status: 403, text: `403 - Forbidden: ${HINT}` }
