import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { ConnectionBound } from '../serving/connection-bound.ts'
import { GracefulStop } from '../serving/graceful-stop.ts'
import { GatewayHandler } from './gateway-handler.ts'
import { DEFAULT_GATEWAY_OPTIONS, type GatewayOptions, type GatewayPorts } from './gateway-ports.ts'
import type { GatewayStat } from './gateway-stat.ts'

export interface GatewayServerInit extends GatewayPorts {
  /** Named in the `Server` header. */
  readonly version: string
  readonly options?: Partial<GatewayOptions>
}

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Bytes of the URL and all headers of a request. */
const MAX_HEADER_BYTES = 8 * 1024
/** A request has no body, and so must be here soon. */
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 30_000
/** Beyond the longest wait for a block, a connection on which nothing moves is closed. */
const IDLE_MS = 30_000

/** A trustless gateway that listens by itself. */
export class GatewayServer {
  readonly #handler: GatewayHandler
  readonly #server: Server
  readonly #stop: GracefulStop

  constructor(init: GatewayServerInit) {
    const options = { ...DEFAULT_GATEWAY_OPTIONS, ...init.options }
    const headers = { Server: [`barter/${init.version}`], ...options.headers }
    this.#handler = new GatewayHandler(init, { ...options, headers })
    this.#server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: REQUEST_TIMEOUT_MS / 2,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS
      },
      (request, response) => {
        // Whatever a client sends along is read away, for the next request of its connection stands behind it.
        request.resume()
        void this.#handler.handle(request, response)
      }
    )
    // Those beyond what is served at a time are told so, and not left to wait; beyond that, who asks for nothing makes way.
    new ConnectionBound(this.#server, 2 * options.maxConcurrentRequests + 64)
    this.#stop = new GracefulStop(this.#server)
    this.#server.setTimeout(options.retrievalTimeoutMs + IDLE_MS)
  }

  stat(): GatewayStat {
    return this.#handler.stat()
  }

  /** Listens; resolves with the address, its port chosen by the system when 0 was asked. */
  async start({ host, port }: ListenAddress): Promise<ListenAddress> {
    this.#server.listen(port, host)
    await once(this.#server, 'listening')
    const bound = this.#server.address()
    return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port }
  }

  /** Ends what is under way, and closes. */
  async stop(): Promise<void> {
    this.#handler.close()
    await this.#stop.stop()
  }
}
