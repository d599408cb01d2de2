import type { CID } from 'multiformats/cid'
import type { PeerId } from '../../ids.ts'
import type { AbortOptions, Clock, Provider } from '../../ports.ts'
import { timedAbort } from '../../timed-abort.ts'
import { noEndAfter, RouterError, type Router } from '../router.ts'
import { EndpointHealth, parseRetryAfter } from './endpoint-health.ts'
import { BITSWAP, peerCid, toProvider } from './peer-record.ts'
import { readLines, readObject } from './read-records.ts'

export interface DelegatedOptions {
  /** How long an answer may take, from the first byte of the question to the last of the answer, in milliseconds. */
  readonly timeoutMs: number
  /** Bytes read of one answer, after decompression. */
  readonly maxBytes: number
  readonly maxLineBytes: number
  /** Records read of one answer. */
  readonly maxRecords: number
  /** Questions under way at once; more are refused. */
  readonly maxRequests: number
  /** Ways to have a block that are of use here, by their names in records. */
  readonly protocols: readonly string[]
}

export const DEFAULT_DELEGATED_OPTIONS: DelegatedOptions = {
  timeoutMs: 15_000,
  maxBytes: 1024 * 1024,
  maxLineBytes: 64 * 1024,
  maxRecords: 200,
  maxRequests: 16,
  protocols: [BITSWAP]
}

/** Records that cannot be read, after which an answer is not read on. */
const MAX_GARBAGE = 16
const LINES = 'application/x-ndjson'
const OBJECT = 'application/json'

/**
 * A router that is asked over HTTP (`/routing/v1`). Each endpoint is left alone for a while after it failed, and for as
 * long as it asks for; then a search ends at once with an error that says so.
 */
export class DelegatedRouter implements Router {
  readonly name: string
  readonly #base: string
  readonly #clock: Clock
  readonly #options: DelegatedOptions
  readonly #health = new EndpointHealth()
  #requests = 0

  /** `endpoint` is the URL before `/routing/v1`. */
  constructor(endpoint: URL, clock: Clock, options: Partial<DelegatedOptions> = {}) {
    this.name = endpoint.host
    this.#base = endpoint.href.replace(/\/$/u, '')
    this.#clock = clock
    this.#options = { ...DEFAULT_DELEGATED_OPTIONS, ...options }
  }

  findProviders(cid: CID, options: AbortOptions = {}): AsyncGenerator<Provider> {
    return this.#ask(
      `providers/${cid.toV1().toString()}?filter-protocols=${[...this.#options.protocols, 'unknown'].join(',')}`,
      'Providers',
      options
    )
  }

  async findPeer(peer: PeerId, options: AbortOptions = {}): Promise<Provider | undefined> {
    const name = peerCid(peer)
    if (name === undefined) return undefined
    for await (const found of this.#ask(`peers/${name}`, 'Peers', options)) if (found.peer === peer) return found
    return undefined
  }

  async *#ask(path: string, list: string, { signal }: AbortOptions): AsyncGenerator<Provider> {
    signal?.throwIfAborted()
    this.#checkPause()
    const ms = this.#options.timeoutMs
    const limit = timedAbort({ clock: this.#clock, ms, late: () => noEndAfter(ms), signal })
    this.#requests++
    try {
      const response = await this.#fetch(`${this.#base}/routing/v1/${path}`, limit.signal)
      if (response !== undefined) yield* this.#read(response, list)
      this.#health.succeeded()
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof PausedError)) this.#health.failed(this.#clock.now())
      throw limit.signal.aborted ? limit.signal.reason : error
    } finally {
      this.#requests--
      // Whatever of the answer is still on its way is not read.
      limit.abort()
    }
  }

  #checkPause(): void {
    const pauseMs = this.#health.pauseMs(this.#clock.now())
    if (pauseMs > 0)
      throw new RouterError(`it failed before, and is left alone for ${Math.ceil(pauseMs / 1_000)} s more`)
    if (this.#requests >= this.#options.maxRequests) throw new RouterError('too many questions are under way')
  }

  /** Undefined when the endpoint knows nothing of what was asked. */
  async #fetch(url: string, signal: AbortSignal): Promise<Response | undefined> {
    // An endpoint is what its owner's config says, and not where that sends us on.
    const init: RequestInit = { headers: { accept: `${LINES}, ${OBJECT};q=0.8` }, redirect: 'error', signal }
    const response = await fetch(url, init)
    if (response.ok) return response
    await response.body?.cancel()
    if (response.status === 404) return undefined
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), this.#clock.epochMs())
    if (retryAfterMs === 0) throw new RouterError(`it answered ${response.status}`)
    this.#health.failed(this.#clock.now(), retryAfterMs)
    throw new PausedError(`it answered ${response.status}, and asks to be left alone for ${retryAfterMs / 1_000} s`)
  }

  async *#read(response: Response, list: string): AsyncGenerator<Provider> {
    const type = response.headers.get('content-type') ?? ''
    const body = response.body ?? []
    const isLines = type.includes(LINES)
    if (!isLines && !type.includes(OBJECT)) throw new RouterError(`it answered with "${type.slice(0, 80)}"`)
    const records = isLines ? readLines(chunksOf(body), this.#options) : readObject(chunksOf(body), list, this.#options)
    let count = 0
    let garbage = 0
    for await (const record of records) {
      const provider = toProvider(record, this.#options.protocols)
      if (provider !== undefined) yield provider
      else if (typeof record !== 'object' && ++garbage > MAX_GARBAGE) throw new RouterError('its records make no sense')
      if (++count >= this.#options.maxRecords) return
    }
  }
}

/** The endpoint named the time at which it may be asked again. */
class PausedError extends RouterError {}

async function* chunksOf(body: ReadableStream<Uint8Array> | readonly never[]): AsyncGenerator<Uint8Array> {
  yield* body
}
