import type { IncomingHttpHeaders } from 'node:http'
import type { ApiAddress } from './api-address.ts'
import { hostPort } from './api-address.ts'

/** A refusal, before anything is done: status, text, headers. */
export interface Refusal {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

const ALLOW = { Allow: 'OPTIONS, POST' }

/**
 * Lets through what a program of this machine sends, and nothing that a web page can make a browser send: commands are
 * POST only; the Host must be ours (a page whose name was made to point here shows its own); Origin and Referer must be
 * ours or absent; a browser that shows neither is refused; and so is what it marks as coming from another site.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>

  constructor(address: ApiAddress) {
    const names = [address.host, '127.0.0.1', 'localhost', '::1'].map((host) => hostPort({ host, port: address.port }))
    this.#hosts = new Set(address.port === 80 ? [...names, ...names.map((name) => name.replace(/:80$/u, ''))] : names)
  }

  /** The refusal of a request, or undefined when it may go on. */
  check(method: string | undefined, headers: IncomingHttpHeaders): Refusal | undefined {
    if (!this.#hosts.has((headers.host ?? '').toLowerCase())) return FORBIDDEN
    if (method === 'OPTIONS') return { status: 204, text: '', headers: ALLOW }
    if (method !== 'POST') return { status: 405, text: '405 - Method Not Allowed', headers: ALLOW }
    const { origin, referer } = headers
    if (origin !== undefined && !this.#ours(origin)) return FORBIDDEN
    if (referer !== undefined && !this.#ours(referer)) return FORBIDDEN
    if (headers['sec-fetch-site'] === 'cross-site') return FORBIDDEN
    const agent = headers['user-agent'] ?? ''
    const browser = agent.startsWith('Mozilla') && !agent.includes('Electron')
    return browser && origin === undefined && referer === undefined ? FORBIDDEN : undefined
  }

  #ours(address: string): boolean {
    const url = URL.canParse(address) ? new URL(address) : undefined
    return url !== undefined && /^https?:$/u.test(url.protocol) && this.#hosts.has(url.host)
  }
}

const FORBIDDEN: Refusal = { status: 403, text: '403 - Forbidden' }
