import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { DagError } from '../content/dag-links.ts'
import { PathError } from '../content/path-error.ts'
import { CLIENT_GONE, statusOfWhole } from '../serving/counted-status.ts'
import { commonHeaders } from './answer-headers.ts'
import { BlockReader } from './block-reader.ts'
import { GatewayError } from './gateway-error.ts'
import type { GatewayOptions, GatewayPorts } from './gateway-ports.ts'
import { parseRequest } from './gateway-request.ts'
import { GatewayCounters, type GatewayStat } from './gateway-stat.ts'
import { RequestLife } from './request-life.ts'
import { Answer, sendError, sendHead } from './send-answer.ts'
import { serveCar } from './serve-car.ts'
import { serveRaw } from './serve-raw.ts'
import { cut } from './write-body.ts'

/** When to come again where too much is under way, in seconds. */
const BUSY_RETRY_S = 1
/** Bytes of blocks in answers that their clients have not taken; beyond, nobody new is served. */
const MAX_HELD_BYTES = 128 * 1024 * 1024

/** Answers requests as the Trustless Gateway specification says: one block, or a CAR; nothing that cannot be verified. */
export class GatewayHandler {
  readonly #ports: GatewayPorts
  readonly #options: GatewayOptions
  readonly #common: OutgoingHttpHeaders
  readonly #counters = new GatewayCounters()
  /** Bounded: by the connections of the server, one each. */
  readonly #lives = new Map<Answer, RequestLife>()
  #closed = false

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#ports = ports
    this.#options = options
    this.#common = commonHeaders(options.headers)
  }

  stat(): GatewayStat {
    return this.#counters.snapshot()
  }

  /** Ends what is under way. */
  close(): void {
    this.#closed = true
    for (const life of this.#lives.values()) life.end(new GatewayError(503, 'the gateway is stopping'))
  }

  /** Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = new Answer(response, this.#common, this.#counters.held)
    const life = this.#began(answer)
    try {
      await this.#answer(request, answer, life)
    } catch (error) {
      this.#failed(request, answer, ofContent(error))
    }
  }

  #began(answer: Answer): RequestLife {
    const { response } = answer
    const life = new RequestLife()
    const timer = setTimeout(() => {
      life.end(new GatewayError(504, 'the answer took too long'))
      if (answer.hasBegun) cut(response)
    }, this.#options.maxRequestMs)
    this.#lives.set(answer, life)
    this.#counters.began()
    response.on('error', () => undefined)
    response.on('close', () => {
      clearTimeout(timer)
      answer.over()
      life.end(new GatewayError(CLIENT_GONE, 'the client is gone'))
      this.#lives.delete(answer)
      this.#counters.ended(statusOfWhole(response), answer.bodyBytes, response.writableFinished)
    })
    return life
  }

  async #answer(request: IncomingMessage, answer: Answer, life: RequestLife): Promise<void> {
    const { method = '', url = '', headers } = request
    if (method === 'OPTIONS') {
      sendHead(answer, 204, {})
      return
    }
    if (method !== 'GET' && method !== 'HEAD') throw new GatewayError(405, 'only GET and HEAD are served')
    this.#checkLoad()
    if (headers['service-worker'] === 'script') throw new GatewayError(400, 'service workers are not served')
    const wanted = parseRequest(method, url, headers)
    const { cid, format, onlyIfCached: localOnly } = wanted
    const label = `gateway ${method} ${url}`
    const { retrievalTimeoutMs: timeoutMs } = this.#options
    const blocks = new BlockReader({ ports: this.#ports, request: life, label, timeoutMs, localOnly })
    try {
      if (localOnly && !(await blocks.has(cid))) throw new GatewayError(412, `block ${cid.toString()} is not here`)
      if (format.type === 'raw') await serveRaw(wanted, blocks, answer)
      else await serveCar(wanted, format, blocks, answer)
    } finally {
      blocks.close()
    }
  }

  #checkLoad(): void {
    const { inFlight, heldBytes } = this.#counters
    if (this.#closed) throw new GatewayError(503, 'the gateway is stopping')
    const isTooMuch = inFlight > this.#options.maxConcurrentRequests || heldBytes > MAX_HELD_BYTES
    if (isTooMuch && !this.#makeRoom()) {
      throw new GatewayError(429, 'too many requests are under way', { retryAfterS: BUSY_RETRY_S })
    }
  }

  /** Cuts the oldest answer that nobody takes; false when there is none. */
  #makeRoom(): boolean {
    for (const answer of this.#lives.keys()) {
      if (!answer.isStalled(this.#options.stallMs)) continue
      cut(answer.response)
      return true
    }
    return false
  }

  #failed(request: IncomingMessage, answer: Answer, error: unknown): void {
    const { response } = answer
    if (response.destroyed) return
    const isOurs = error instanceof GatewayError
    if (!isOurs) this.#ports.logger?.warn('the gateway could not answer', { url: request.url, error })
    if (answer.hasBegun) cut(response)
    else sendError(answer, error)
  }
}

function ofContent(error: unknown): unknown {
  if (error instanceof PathError) return new GatewayError(404, error.message, { cause: error })
  // Whoever named a block that is not what its CID says asked for something that cannot be had.
  return error instanceof DagError ? new GatewayError(400, error.message, { cause: error }) : error
}
