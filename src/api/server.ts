import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from '../ports.ts'
import { InvalidParametersError } from '../errors.ts'
import { ApiError, errorText } from './api-error.ts'
import { isLoopback, type ApiAddress } from './api-address.ts'
import { parseDuration } from './duration.ts'
import { findHandler } from './find-handler.ts'
import { Guard, NOT_FOUND, type Surface } from './guard.ts'
import type { HttpHandler } from './http-handler.ts'
import { multipartBoundary, readMultipart } from './multipart.ts'
import { findRoute, parseCall, type CallLine } from './parse-call.ts'
import type { PeerService } from './peer-service.ts'
import type { Route } from './route.ts'
import { ROUTES } from './routes.ts'
import { sendError, sendRefusal, sendReply } from './send-reply.ts'

export interface ApiServerInit {
  readonly service: PeerService
  readonly version: string
  readonly logger?: Logger
  /** What is served to be looked at, beside the commands. */
  readonly handlers?: readonly HttpHandler[]
}

/** Body bytes of a command that takes none; more is refused. */
const MAX_IDLE_BODY_BYTES = 64 * 1024

/**
 * The HTTP API on loopback. It asks nobody who they are: `Guard` keeps out web pages, and the address keeps out other
 * machines. A token would be asked for where `#handle` asks the guard.
 */
export class ApiServer {
  readonly #service: PeerService
  readonly #logger: Logger | undefined
  readonly #handlers: readonly HttpHandler[]
  readonly #server: Server
  readonly #closing = new AbortController()
  #guard: Guard | undefined

  constructor({ service, version, logger, handlers = [] }: ApiServerInit) {
    this.#service = service
    this.#logger = logger
    this.#handlers = handlers
    this.#server = createServer({ maxHeaderSize: 16 * 1024, headersTimeout: 5_000, requestTimeout: 0 })
    this.#server.maxConnections = 256
    this.#server.on('request', (request, response) => {
      response.setHeader('Server', `barter/${version}`)
      response.setHeader('Access-Control-Expose-Headers', 'X-Stream-Output, X-Chunked-Output, X-Content-Length')
      void this.#handle(request, response)
    })
  }

  /** Listens; resolves with the address, its port chosen by the system when 0 was asked. Loopback only. */
  async start(address: ApiAddress): Promise<ApiAddress> {
    if (!isLoopback(address)) {
      throw new InvalidParametersError(
        `the API would listen on ${address.host}, where other machines can command this peer: ` +
          'set Addresses.API to a loopback address such as /ip4/127.0.0.1/tcp/5001'
      )
    }
    this.#server.listen(address.port, address.host)
    await once(this.#server, 'listening')
    const bound = this.#server.address()
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port
    this.#guard = new Guard({ host: address.host, port })
    return { host: address.host, port }
  }

  /** Ends what is under way, and closes. */
  async stop(): Promise<void> {
    this.#closing.abort(new Error('the daemon is shutting down'))
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeIdleConnections()
    setTimeout(() => this.#server.closeAllConnections(), STOP_GRACE_MS).unref()
    await closed
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController()
    const hungUp = (): void => gone.abort(new DOMException('the caller hung up', 'AbortError'))
    response.on('error', hungUp)
    response.on('close', () => {
      hungUp()
      // A connection that was kept for the next command would hold up the end.
      if (this.#closing.signal.aborted) setImmediate(() => this.#server.closeIdleConnections())
    })
    try {
      await this.#answer(request, response, gone.signal)
    } catch (error) {
      if (gone.signal.aborted) return
      this.#logger?.debug('a request failed', { path: request.url, error: errorText(error) })
      if (response.headersSent) response.destroy()
      else sendError(response, error)
    } finally {
      response.on('finish', () => {
        if (!request.complete) request.destroy()
      })
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const url = readUrl(request.url ?? '/')
    const handler = findHandler(this.#handlers, url.pathname)
    const refusal = this.#guard?.check(request.method, request.headers, surfaceOf(url, handler))
    if (refusal !== undefined) sendRefusal(response, refusal)
    else if (handler === undefined) await this.#run(url, request, response, gone)
    else {
      discardBody(request)
      await handler.handle({ request, url, signal: AbortSignal.any([gone, this.#closing.signal]) }, response)
    }
  }

  async #run(url: URL, request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const found = isCommand(url) ? findRoute(ROUTES, url.pathname) : undefined
    if (found === undefined) {
      sendRefusal(response, NOT_FOUND)
      return
    }
    const { route } = found
    const line = parseCall(route, url.searchParams, found.arg)
    const signal = AbortSignal.any([gone, this.#closing.signal, ...deadline(line)])
    const reply = await route.run(this.#service, { ...line, signal, files: openFiles(route, request) })
    await sendReply(response, reply, signal)
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

/** Time that answers under way get once the API stops. */
const STOP_GRACE_MS = 500

function deadline({ options }: CallLine): AbortSignal[] {
  const text = options.get('timeout')
  if (typeof text !== 'string') return []
  const delayMs = parseDuration(text)
  if (delayMs === undefined) throw new ApiError('parse', `time: invalid duration "${text}" (for option "-timeout")`)
  return [AbortSignal.timeout(delayMs)]
}

/** The parts of an upload. A command that takes no files reads its body away, up to a little. */
function openFiles(route: Route, request: IncomingMessage): () => ReturnType<typeof readMultipart> {
  if (route.file === undefined) {
    discardBody(request)
    return () => {
      throw new ApiError('parse', `${route.path} takes no files`)
    }
  }
  const boundary = multipartBoundary(request.headers['content-type'])
  if (boundary === undefined) throw new ApiError('parse', `file argument '${route.file}' is required`)
  return () => readMultipart(request, boundary)
}

function discardBody(request: IncomingMessage): void {
  let bytes = 0
  request.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > MAX_IDLE_BODY_BYTES) request.destroy()
  })
}
