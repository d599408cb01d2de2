import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { hostPort, isUnix, type ApiAddress } from '../api-address.ts'
import type { HttpHandler } from './http-handler.ts'

/** A refusal, before anything is done: status, text, headers. */
export interface Refusal {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a path belongs to: the commands, something to look at (see `HttpHandler`), or nothing that is here. */
export type Surface = 'command' | HttpHandler['access'] | 'nothing'

/** Who is let in beside programs of this machine. */
export interface GuardRules {
  /** Origins of web pages that may call commands (`Access-Control-Allow-Origin`); `*` for every page there is. */
  readonly origins?: readonly string[]
  /** Names by which others know this peer, such as that of a proxy before it. */
  readonly hosts?: readonly string[]
}

const COMMAND_METHODS = 'OPTIONS, POST'
const LOOK_METHODS = 'GET, HEAD, OPTIONS'

/**
 * Lets through what a program of this machine sends, and nothing that a web page can make a browser send: what changes
 * anything is POST only; the Host must be ours (a page whose name was made to point here shows its own); Origin and Referer
 * must be ours, allowed, or absent; a browser that commands and shows neither is refused; and so is what it marks as coming
 * from another site.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>
  readonly #port: number
  /** No browser opens a socket in the file system, so no name can be made to point there. */
  readonly #isAnyHostOurs: boolean
  /** Listening everywhere, any address of this machine is ours; no name is, as names are what can be made to point here. */
  readonly #isAnyAddressOurs: boolean

  constructor(address: ApiAddress, { origins = [], hosts = [] }: GuardRules = {}) {
    const { host, port } = isUnix(address) ? { host: 'localhost', port: 0 } : address
    const names = [host, '127.0.0.1', 'localhost', '::1'].map((name) => hostPort({ host: name, port }))
    const plain = port === 80 ? names.map((name) => name.replace(/:80$/u, '')) : []
    this.#hosts = new Set([...names, ...plain, ...hosts.map((name) => name.toLowerCase())])
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase()))
    this.#port = port
    this.#isAnyHostOurs = isUnix(address)
    this.#isAnyAddressOurs = ['0.0.0.0', '::'].includes(host)
  }

  /** The refusal of a request, or undefined when it may go on. */
  check(method: string | undefined, headers: IncomingHttpHeaders, surface: Surface = 'command'): Refusal | undefined {
    if (!this.#isHostOurs((headers.host ?? '').toLowerCase())) return FORBIDDEN
    if (method === 'OPTIONS') return { status: 204, text: '', headers: { Allow: methodsOf(surface) } }
    return checkMethod(method, surface) ?? this.#checkPage(method, headers)
  }

  /** Whether a page of this origin may read answers; its own origin needs no leave. */
  allowsOrigin(origin: string): boolean {
    return this.#origins.has('*') || this.#origins.has(origin.toLowerCase())
  }

  /** What a browser tells of the page that made it ask. */
  #checkPage(method: string | undefined, headers: IncomingHttpHeaders): Refusal | undefined {
    const { origin, referer } = headers
    if (origin !== undefined && this.allowsOrigin(origin)) return undefined
    if ([origin, referer].some((page) => page !== undefined && !this.#isOurs(page))) return FORBIDDEN
    // `same-site` is another port of this machine.
    if (['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']))) return FORBIDDEN
    // Whoever types an address into a browser shows neither, and only looks.
    if (method !== 'POST' || origin !== undefined || referer !== undefined) return undefined
    const agent = headers['user-agent'] ?? ''
    return agent.startsWith('Mozilla') && !agent.includes('Electron') ? FORBIDDEN : undefined
  }

  #isHostOurs(host: string): boolean {
    if (this.#isAnyHostOurs || this.#hosts.has(host)) return true
    const url = this.#isAnyAddressOurs && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined
    if (url === undefined || Number(url.port === '' ? 80 : url.port) !== this.#port) return false
    return isIP(url.hostname.replace(/^\[|\]$/gu, '')) !== 0
  }

  #isOurs(address: string): boolean {
    const url = URL.canParse(address) ? new URL(address) : undefined
    return url !== undefined && /^https?:$/u.test(url.protocol) && this.#isHostOurs(url.host)
  }
}

function methodsOf(surface: Surface): string {
  return surface === 'command' || surface === 'nothing' ? COMMAND_METHODS : LOOK_METHODS
}

function checkMethod(method: string | undefined, surface: Surface): Refusal | undefined {
  const isLook = method === 'GET' || method === 'HEAD'
  if (surface === 'nothing') return isLook ? NOT_FOUND : method === 'POST' ? undefined : notAllowed(surface)
  const isRight = surface === 'command' ? method === 'POST' : isLook
  return isRight ? undefined : notAllowed(surface)
}

function notAllowed(surface: Surface): Refusal {
  return { status: 405, text: '405 - Method Not Allowed', headers: { Allow: methodsOf(surface) } }
}

const FORBIDDEN: Refusal = { status: 403, text: '403 - Forbidden' }

export const NOT_FOUND: Refusal = { status: 404, text: '404 page not found' }
