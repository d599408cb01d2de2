import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Scope } from './host-rules.ts'
import { BodyTooLargeError, type HttpPort, type HttpReply, type HttpRequest } from './http-port.ts'

export interface NodeHttpInit {
  readonly userAgent: string
  readonly insecureTls: boolean
  /** Who can reach a multiaddr. */
  readonly scopeOf: (address: string) => Scope
}

/** Connections of one host, and idle ones kept of all. */
const MAX_SOCKETS_PER_HOST = 16
const MAX_IDLE_SOCKETS = 50
const IDLE_SOCKET_MS = 30_000
const MAX_HEADER_BYTES = 8 * 1024
/** Of an answer that is of no use, so much is read away to keep its connection. */
const MAX_WASTED_BYTES = 16 * 1024

type Callback = Parameters<LookupFunction>[2]

/** HTTP as Node has it: connections are kept, redirects are not followed, and names are not trusted. */
export class NodeHttp implements HttpPort {
  readonly #init: NodeHttpInit
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  constructor(init: NodeHttpInit) {
    this.#init = init
    const kept = { keepAlive: true, timeout: IDLE_SOCKET_MS, maxSockets: MAX_SOCKETS_PER_HOST }
    this.#http = new HttpAgent({ ...kept, maxFreeSockets: MAX_IDLE_SOCKETS })
    this.#https = new HttpsAgent({ ...kept, maxFreeSockets: MAX_IDLE_SOCKETS, rejectUnauthorized: !init.insecureTls })
  }

  request(request: HttpRequest): Promise<HttpReply> {
    const { method, origin, path, mayBePrivate, signal } = request
    const url = new URL(path, origin)
    const isSecure = url.protocol === 'https:'
    const options = {
      method,
      agent: isSecure ? this.#https : this.#http,
      headers: { accept: 'application/vnd.ipld.raw', 'user-agent': this.#init.userAgent },
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
      ...(mayBePrivate ? {} : { lookup: this.#publicLookup })
    }
    return new Promise((resolve, reject) => {
      const call = (isSecure ? httpsRequest : httpRequest)(url, options, (response) => {
        read(response, request).then(resolve, reject)
      })
      call.on('error', reject)
      call.end()
    })
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  /** A name that leads to this machine or its network is not followed there: it is not for its owner to say what is there. */
  readonly #publicLookup = (name: string, options: LookupOptions, callback: Callback): void => {
    lookup(name, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      const near = error === null ? found.find((one) => this.#scopeOf(one) !== 'public') : undefined
      const [first] = found
      if (error !== null || first === undefined) callback(error ?? new Error(`${name} has no address`), '')
      else if (near !== undefined) callback(new Error(`${name} leads to ${near.address}, on a private network`), '')
      else if (options.all === true) callback(null, found)
      else callback(null, first.address, first.family)
    })
  }

  #scopeOf({ address, family }: LookupAddress): Scope {
    return this.#init.scopeOf(`/ip${family}/${address}`)
  }
}

async function read(response: IncomingMessage, request: HttpRequest): Promise<HttpReply> {
  const status = response.statusCode ?? 0
  const retryAfter = response.headers['retry-after']
  if (status !== 200 || request.method === 'HEAD') {
    discard(response)
    return { status, retryAfter, body: new Uint8Array(0) }
  }
  return { status, retryAfter, body: await readBody(response, request) }
}

/** Into memory of its own, at once where its size is told: it is kept as a block. */
async function readBody(response: IncomingMessage, { maxBytes, onBytes }: HttpRequest): Promise<Uint8Array> {
  const total = Number(response.headers['content-length'] ?? 0)
  const parts: Uint8Array[] = []
  let received = 0
  if (total > maxBytes) {
    response.destroy()
    throw new BodyTooLargeError(maxBytes)
  }
  for await (const part of response as AsyncIterable<Uint8Array>) {
    received += part.byteLength
    // Leaving the loop ends the connection.
    if (received > maxBytes) throw new BodyTooLargeError(maxBytes)
    parts.push(part)
    onBytes?.(received, total)
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, received)
}

function discard(response: IncomingMessage): void {
  let wasted = 0
  response.on('error', () => undefined)
  response.on('data', (part: Uint8Array) => {
    wasted += part.byteLength
    if (wasted > MAX_WASTED_BYTES) response.destroy()
  })
}
