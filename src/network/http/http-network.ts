import { NotStartedError, SendFailedError } from '../../errors.ts'
import type { PeerId } from '../../ids.ts'
import type { Message } from '../../message/message.ts'
import type { AbortOptions, Clock, Logger, Network, NetworkEvents, Provider } from '../../ports.ts'
import { unlessAborted } from '../../unless-aborted.ts'
import { isHttpAddress, parseHttpAddress, type HttpEndpoint } from './http-endpoint.ts'
import { newHost, type HttpHost } from './http-host.ts'
import { DEFAULT_HTTP_OPTIONS, type HttpRetrievalOptions } from './http-options.ts'
import { HttpPeer } from './http-peer.ts'
import type { HttpPort } from './http-port.ts'
import { whyNotFetched, type Scope } from './host-rules.ts'
import { BusyHostError, probe, type Probed } from './probe.ts'
import { Workers } from './workers.ts'

export interface HttpNetworkParts {
  readonly port: HttpPort
  readonly clock: Clock
  readonly logger: Logger
  /** Who can reach a multiaddr. */
  readonly scopeOf: (address: string) => Scope
}

/** What one host did, as it may be shown. */
export interface HttpHostView {
  readonly origin: string
  readonly peer: PeerId
  readonly connected: boolean
  readonly active: number
  /** Until it may be asked again, in milliseconds. */
  readonly coolDownMs: number
}

/** Hosts remembered, with what speaks against them; those that are not connected are forgotten first. */
export const MAX_HOSTS = 256
/** Addresses of one provider that are tried. */
const MAX_ADDRESSES = 8
const STOPPED = 'the network was stopped'

/**
 * Fetches blocks from trustless gateways as if each host were a peer: wants become requests, answers become messages. It
 * carries nothing else: hosts want nothing of us, and no ledger of ours is theirs. A host that is to be left alone is not
 * connected, so that others are asked; it comes back by itself. See `Network` for what else it promises.
 */
export class HttpNetwork implements Network {
  readonly #parts: HttpNetworkParts
  readonly #options: HttpRetrievalOptions
  readonly #workers: Workers
  /** By origin. Bounded: MAX_HOSTS. */
  readonly #hosts = new Map<string, HttpHost>()
  /** Bounded: connected hosts. */
  readonly #connected = new Map<PeerId, HttpHost>()
  #events: NetworkEvents | undefined
  #stopping = new AbortController()

  constructor(parts: HttpNetworkParts, options: Partial<HttpRetrievalOptions> = {}) {
    this.#parts = parts
    this.#options = { ...DEFAULT_HTTP_OPTIONS, ...options }
    this.#workers = new Workers(this.#options.workers)
  }

  start(events: NetworkEvents): Promise<void> {
    this.#events ??= events
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController()
    return Promise.resolve()
  }

  /** After it no event comes any more, not even `disconnected`. */
  stop(): Promise<void> {
    this.#events = undefined
    const reason = new NotStartedError(STOPPED)
    this.#stopping.abort(reason)
    for (const host of this.#hosts.values()) {
      host.returning?.cancel()
      host.peer?.close(reason)
    }
    this.#hosts.clear()
    this.#connected.clear()
    this.#parts.port.close()
    return Promise.resolve()
  }

  /** True for a provider that names a place to ask over HTTP. */
  takes({ addresses }: Provider): boolean {
    return addresses.some(isHttpAddress)
  }

  hosts(): readonly HttpHostView[] {
    const now = this.#parts.clock.now()
    return [...this.#hosts.values()].map(({ endpoint, id, peer, coolDown }) => ({
      origin: endpoint.origin,
      peer: id,
      connected: peer !== undefined,
      active: peer?.active ?? 0,
      coolDownMs: coolDown.leftMs(now)
    }))
  }

  /** Bytes are those of the requests, about. Blocks and presences are for nobody: a host never asks for any. */
  send(peer: PeerId, message: Message, { signal }: AbortOptions = {}): Promise<number> {
    if (this.#events === undefined) return Promise.reject(new NotStartedError())
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    const host = this.#connected.get(peer)
    if (host?.peer === undefined) return Promise.reject(new SendFailedError(`could not send to ${peer}: not connected`))
    host.peer.told(message)
    return Promise.resolve(message.wants.reduce((sum, { cid }) => sum + cid.toString().length + REQUEST_BYTES, 0))
  }

  async connect(provider: Provider, { signal }: AbortOptions = {}): Promise<PeerId> {
    const events = this.#events
    if (events === undefined) throw new NotStartedError()
    signal?.throwIfAborted()
    if (provider.peer !== undefined && !events.admits(provider.peer)) {
      throw new SendFailedError(`${provider.peer} is denied or banned`)
    }
    const endpoints = provider.addresses.flatMap((address) => parseHttpAddress(address) ?? []).slice(0, MAX_ADDRESSES)
    const failures: unknown[] = []
    for (const endpoint of endpoints) {
      try {
        return await this.#reach(endpoint, provider.isNamed === true, signal)
      } catch (error) {
        signal?.throwIfAborted()
        failures.push(error)
      }
    }
    const why = failures.map((error) => (error instanceof Error ? error.message : String(error))).join('; ')
    throw new SendFailedError(`no HTTP gateway: ${why === '' ? 'no address of it can be used' : why}`, {
      cause: failures[0]
    })
  }

  latencyMs(peer: PeerId): number | undefined {
    return this.#connected.get(peer)?.peer?.latencyMs
  }

  expel(peer: PeerId, reason: string): void {
    const host = this.#connected.get(peer)
    if (host !== undefined) this.#depart(host, new Error(reason))
  }

  async #reach(endpoint: HttpEndpoint, isNamed: boolean, signal: AbortSignal | undefined): Promise<PeerId> {
    const scope = this.#parts.scopeOf(endpoint.place)
    const why = whyNotFetched(endpoint, scope, this.#options, isNamed)
    if (why !== undefined) throw new SendFailedError(why)
    const isTrusted = isNamed || this.#options.allowlist.includes(endpoint.host)
    if (isTrusted) await this.#probed(endpoint, signal)
    const host = this.#hostOf(endpoint, isTrusted)
    if (host.peer !== undefined) return host.id
    if (this.#events?.admits(host.id) !== true) throw new SendFailedError(`${endpoint.origin} is denied or banned`)
    const leftMs = host.coolDown.leftMs(this.#parts.clock.now())
    if (leftMs > 0)
      throw new SendFailedError(`${endpoint.origin} is left alone for ${Math.ceil(leftMs / 1_000)} s more`)
    host.probing ??= this.#probe(host).finally(() => (host.probing = undefined))
    return await unlessAborted(host.probing, signal)
  }

  /** A stranger's host gives way to the owner's once it was looked for: there is never more than one for an origin. */
  async #probed({ origin }: HttpEndpoint, signal: AbortSignal | undefined): Promise<void> {
    const known = this.#hosts.get(origin)
    if (known?.probing === undefined || known.mayBePrivate) return
    await unlessAborted(
      known.probing.catch(() => undefined),
      signal
    )
    if (this.#events === undefined) throw new NotStartedError(STOPPED)
  }

  async #probe(host: HttpHost): Promise<PeerId> {
    const { clock, port } = this.#parts
    const { connectTimeoutMs: stallMs } = this.#options
    const stopping = this.#stopping.signal
    const { origin } = host.endpoint
    try {
      const init = { port, clock, origin, mayBePrivate: host.mayBePrivate, stallMs }
      this.#announce(host, await probe(init, stopping))
      return host.id
    } catch (error) {
      if (!stopping.aborted) {
        host.coolDown.pause(clock.now(), error instanceof BusyHostError ? error.retryAfterMs : undefined)
      }
      throw error
    }
  }

  #announce(host: HttpHost, { answersHead, latencyMs }: Probed): void {
    const events = this.#events
    if (events === undefined) throw new NotStartedError(STOPPED)
    if (!events.admits(host.id)) throw new SendFailedError(`${host.endpoint.origin} is denied or banned`)
    host.returning?.cancel()
    host.peer = new HttpPeer(host.id, latencyMs, {
      clock: this.#parts.clock,
      workers: this.#workers,
      events,
      request: {
        port: this.#parts.port,
        origin: host.endpoint.origin,
        mayBePrivate: host.mayBePrivate,
        maxBytes: this.#options.maxBlockBytes,
        stallMs: this.#options.stallMs
      },
      idleMs: this.#options.idleMs,
      succeeded: () => host.coolDown.succeeded(),
      leave: (why, retryAfterMs) => this.#leave(host, why, retryAfterMs),
      idle: () => this.#depart(host, new Error('nothing was asked of it'))
    })
    this.#connected.set(host.id, host)
    const isRemote = this.#parts.scopeOf(host.endpoint.place) === 'public'
    events.connected(host.id, { presences: answersHead, isRemote })
  }

  /** Others are asked while it is left alone; afterwards it is looked for once more. */
  #leave(host: HttpHost, why: string, retryAfterMs: number | undefined): void {
    if (host.peer === undefined) return
    const { clock, logger } = this.#parts
    const pauseMs = host.coolDown.pause(clock.now(), retryAfterMs)
    logger.debug('an HTTP gateway is left alone', { origin: host.endpoint.origin, why, pauseMs })
    host.returning = clock.setTimer(pauseMs, () => {
      host.returning = undefined
      if (this.#events === undefined || host.peer !== undefined) return
      this.#reach(host.endpoint, host.mayBePrivate, undefined).catch((error: unknown) =>
        logger.debug('an HTTP gateway did not come back', { origin: host.endpoint.origin, error })
      )
    })
    this.#depart(host, new Error(why))
  }

  #depart(host: HttpHost, reason: Error): void {
    host.peer?.close(reason)
    host.peer = undefined
    if (this.#connected.get(host.id) !== host) return
    this.#connected.delete(host.id)
    this.#events?.disconnected(host.id)
  }

  #hostOf(endpoint: HttpEndpoint, mayBePrivate: boolean): HttpHost {
    const known = this.#hosts.get(endpoint.origin)
    // Named by our owner after a stranger had named it: then it may be near.
    const isInUse = known?.peer !== undefined || known?.probing !== undefined
    if (known !== undefined && (known.mayBePrivate || !mayBePrivate || isInUse)) return known
    known?.returning?.cancel()
    const host = newHost(endpoint, mayBePrivate)
    this.#hosts.delete(endpoint.origin)
    this.#hosts.set(endpoint.origin, host)
    for (const [origin, { peer, probing, returning }] of this.#hosts) {
      if (this.#hosts.size <= MAX_HOSTS) break
      if (peer !== undefined || probing !== undefined) continue
      returning?.cancel()
      this.#hosts.delete(origin)
    }
    if (this.#hosts.size > MAX_HOSTS) {
      this.#hosts.delete(endpoint.origin)
      throw new SendFailedError('too many HTTP gateways are connected')
    }
    return host
  }
}

/** What a request has beside the CID: method, headers. */
const REQUEST_BYTES = 200
