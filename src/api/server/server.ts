import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from '../../ports.ts'
import { ConnectionBound } from '../../serving/connection-bound.ts'
import { GracefulStop } from '../../serving/graceful-stop.ts'
import type { ApiAccess } from './access.ts'
import type { ApiAddress } from '../api-address.ts'
import type { ApiMeter } from './api-meter.ts'
import { ApiError } from '../api-error.ts'
import { checkExposure, listenAt } from './api-listener.ts'
import { Authorizer } from './authorizer.ts'
import { AnswerHeaders } from './cors.ts'
import { readDuration } from '../formats/duration.ts'
import { asKuboRefuses } from '../formats/kubo-duration.ts'
import { findHandler } from './find-handler.ts'
import { Guard, NOT_FOUND, type Refusal, type Surface } from './guard.ts'
import type { HttpHandler } from './http-handler.ts'
import { multipartBoundary, type Part } from './multipart.ts'
import { findRoute, parseCall, type CallLine } from './parse-call.ts'
import type { PeerService } from '../service/peer-service.ts'
import { discardBody, readUpload, type UploadOptions } from './request-body.ts'
import { requestFailure } from './request-failure.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'
import { asksForText, asText } from './text-answers.ts'
import { sendError, sendRefusal, sendReply, whyStopped } from './send-reply.ts'

export interface ApiServerInit {
  readonly service: PeerService
  readonly version: string
  /** Who may command. */
  readonly access: ApiAccess
  readonly logger?: Logger
  /** What is served to be looked at, beside the commands. */
  readonly handlers?: readonly HttpHandler[]
  /** Counts requests, where somebody wants to know. */
  readonly meter?: ApiMeter
  /** Connections at once; 512 by default. */
  readonly maxConnections?: number
  /** Time without a byte that is waited for around the files of an upload; 30 s by default. */
  readonly bodyIdleMs?: number
}

/** Bytes of a request's line and headers: enough for a path of 4 KiB that is %-encoded. */
const MAX_HEADER_BYTES = 16 * 1024
const HEADERS_TIMEOUT_MS = 5_000

/** Of a connection that says nothing; then the system asks whether anybody is there. */
const KEEP_ALIVE_MS = 60_000

/** The HTTP API: `Guard` keeps out web pages, `Authorizer` who shows no right to command. */
export class ApiServer {
  readonly #init: ApiServerInit
  readonly #server: Server
  readonly #stop: GracefulStop
  readonly #authorizer: Authorizer
  readonly #headers: AnswerHeaders
  readonly #closing = new AbortController()
  #guard: Guard | undefined

  constructor(init: ApiServerInit) {
    this.#init = init
    this.#authorizer = new Authorizer(init.access)
    this.#headers = new AnswerHeaders(init.access.headers)
    this.#server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Uploads may take long; `readUpload` watches over them.
      requestTimeout: 0,
      // A caller that is gone without a word is found, and what it began ends.
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000
    })
    new ConnectionBound(this.#server, init.maxConnections ?? 512)
    this.#stop = new GracefulStop(this.#server)
    this.#server.on('request', (request, response) => void this.#handle(request, response))
  }

  /** Listens; resolves with the address, its port chosen by the system when 0 was asked. Rejects where anybody could command. */
  async start<Address extends ApiAddress>(address: Address): Promise<Address> {
    const { access } = this.#init
    checkExposure(address, access)
    const bound = await listenAt(this.#server, address)
    this.#guard = new Guard(bound, { origins: this.#headers.origins, hosts: access.hosts ?? [] })
    // It is of the kind that was asked for.
    return bound as Address
  }

  /** Ends what is under way, and closes. */
  async stop(): Promise<void> {
    this.#closing.abort(new Error('the daemon is shutting down'))
    await this.#stop.stop()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const guard = this.#guard
    this.#init.meter?.watch(request, response)
    response.setHeader('Server', `barter/${this.#init.version}`)
    this.#headers.apply(response, request.headers, (origin) => guard?.allowsOrigin(origin) === true)
    const gone = new AbortController()
    const hungUp = (): void => gone.abort(new DOMException('the caller hung up', 'AbortError'))
    response.on('error', hungUp)
    response.on('close', hungUp)
    try {
      await this.#answer(request, response, gone.signal)
    } catch (error) {
      if (gone.signal.aborted) return
      this.#init.logger?.debug('a request failed', requestFailure(request.url ?? '', error))
      if (response.headersSent) response.destroy()
      else sendError(response, whyStopped(error, this.#closing.signal))
    } finally {
      response.on('finish', () => {
        if (!request.complete) request.destroy()
      })
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const url = readUrl(request.url ?? '/')
    const handler = findHandler(this.#init.handlers ?? [], url.pathname)
    const refusal = this.#refusal(url, request, surfaceOf(url, handler))
    if (refusal !== undefined) sendRefusal(response, refusal)
    else if (handler === undefined) await this.#run(url, request, response, gone)
    else {
      discardBody(request)
      await handler.handle({ request, url, signal: AbortSignal.any([gone, this.#closing.signal]) }, response)
    }
  }

  #refusal({ pathname }: URL, { method, headers }: IncomingMessage, surface: Surface): Refusal | undefined {
    const refusal = this.#guard === undefined ? NOT_FOUND : this.#guard.check(method, headers, surface)
    if (refusal !== undefined || surface === 'page' || surface === 'nothing') return refusal
    const { authorization } = headers
    return surface === 'owner'
      ? this.#authorizer.checkOwner(authorization)
      : this.#authorizer.check(authorization, pathname)
  }

  async #run(url: URL, request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const found = isCommand(url) ? findRoute(ROUTES, url.pathname) : undefined
    if (found === undefined) {
      sendRefusal(response, NOT_FOUND)
      return
    }
    const { route } = found
    const line = parseCall(route, url.searchParams, found.arg)
    const isText = asksForText(line)
    const signal = AbortSignal.any([gone, this.#closing.signal, ...deadline(line)])
    const end = this.#init.service.diagnostics.commandBegins({
      command: route.path,
      args: line.args.slice(0, route.arg?.told),
      options: Object.fromEntries(line.options)
    })
    response.once('close', end)
    const files = openFiles(route, request, { idleMs: this.#init.bodyIdleMs ?? BODY_IDLE_MS, signal })
    const reply = await route.run(this.#init.service, { ...line, signal, files })
    await sendReply(response, isText ? asText(reply, route.path, line) : reply, signal)
  }
}

/** A target that begins with two slashes is a path, too, and not a name. */
function readUrl(target: string): URL {
  const text = target.startsWith('/') ? `http://localhost${target}` : target
  if (!URL.canParse(text)) throw new ApiError('parse', 'the address asked for is none')
  return new URL(text)
}

function surfaceOf(url: URL, handler: HttpHandler | undefined): Surface {
  return handler?.access ?? (isCommand(url) ? 'command' : 'nothing')
}

function isCommand({ pathname }: URL): boolean {
  return pathname.startsWith('/api/v0/')
}

const BODY_IDLE_MS = 30_000

function deadline({ options }: CallLine): AbortSignal[] {
  const text = options.get('timeout')
  if (typeof text !== 'string') return []
  return [AbortSignal.timeout(readDuration(text, { refusal: asKuboRefuses({ after: ' (for option "-timeout")' }) }))]
}

/** The parts of an upload. A command that takes no files reads its body away, up to a little. */
function openFiles(
  route: Route,
  request: IncomingMessage,
  options: Omit<UploadOptions, 'boundary'>
): () => AsyncGenerator<Part> {
  if (route.file === undefined) {
    discardBody(request)
    return () => {
      throw new ApiError('parse', `${route.path} takes no files`)
    }
  }
  const boundary = multipartBoundary(request.headers['content-type'])
  if (boundary === undefined) throw new ApiError('parse', `file argument '${route.file}' is required`)
  return () => readUpload(request as AsyncIterable<Uint8Array>, { ...options, boundary })
}
