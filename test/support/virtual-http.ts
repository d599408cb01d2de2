import { CID } from 'multiformats/cid'
import { cidKey, type CidKey } from '../../src/ids.ts'
import { HttpNetwork, type HttpNetworkParts } from '../../src/network/http/http-network.ts'
import type { HttpRetrievalOptions } from '../../src/network/http/http-options.ts'
import { BodyTooLargeError, type HttpPort, type HttpReply, type HttpRequest } from '../../src/network/http/http-port.ts'
import { ManyNetworks } from '../../src/network/many-networks.ts'
import { addressScope } from '../../src/routing/address-scope.ts'
import type { SampleBlock } from '../../src/testing/sample-blocks.ts'
import { RecordingLogger } from './recording-logger.ts'
import type { Swarm, SwarmPeer, SwarmPeerOptions } from './swarm.ts'

type Answer = Partial<HttpReply> | 'hang' | 'refuse'

/** A gateway in virtual time. */
export class VirtualHost {
  /** Bounded: by the test. */
  readonly blocks = new Map<CidKey, Uint8Array>()
  /** What was asked, as `GET <path>`. Bounded: by the test. */
  readonly asked: string[] = []
  latencyMs = 20
  bytesPerSecond = Infinity
  underWay = 0
  mostUnderWay = 0
  /** What is answered instead; undefined for the usual. */
  instead: (request: HttpRequest) => Answer | undefined = () => undefined

  has(blocks: readonly SampleBlock[]): this {
    for (const { cid, bytes } of blocks) this.blocks.set(cidKey(cid), bytes)
    return this
  }

  answer(request: HttpRequest): Answer {
    this.asked.push(`${request.method} ${request.path}`)
    const instead = this.instead(request)
    if (instead !== undefined) return instead
    const text = /^\/ipfs\/(\w+)\?format=raw$/u.exec(request.path)?.[1] ?? ''
    if (text === 'bafkqaaa') return { status: 200 }
    const bytes = this.blocks.get(cidKey(CID.parse(text)))
    return bytes === undefined ? { status: 404 } : { status: 200, body: bytes }
  }
}

/** Hosts by origin; all else is refused. */
export class VirtualHttp implements HttpPort {
  /** Bounded: by the test. */
  readonly hosts = new Map<string, VirtualHost>()
  readonly #swarm: Swarm

  constructor(swarm: Swarm) {
    this.#swarm = swarm
  }

  host(origin: string): VirtualHost {
    const host = this.hosts.get(origin) ?? new VirtualHost()
    this.hosts.set(origin, host)
    return host
  }

  async request(request: HttpRequest): Promise<HttpReply> {
    const host = this.hosts.get(request.origin)
    if (host === undefined) throw new Error('connect ECONNREFUSED')
    host.mostUnderWay = Math.max(host.mostUnderWay, ++host.underWay)
    try {
      return await this.#answer(host, request)
    } finally {
      host.underWay--
    }
  }

  close(): void {
    // Nothing is kept.
  }

  async #answer(host: VirtualHost, request: HttpRequest): Promise<HttpReply> {
    const answer = host.answer(request)
    if (answer === 'hang') return await aborted(request.signal)
    await this.#pass(host.latencyMs, request.signal)
    if (answer === 'refuse') throw new Error('read ECONNRESET')
    const { status = 200, retryAfter, body = new Uint8Array(0) } = answer
    const size = request.method === 'HEAD' || status !== 200 ? 0 : body.byteLength
    if (size > request.maxBytes) throw new BodyTooLargeError(request.maxBytes)
    const step = Math.max(1, host.bytesPerSecond / 10)
    for (let received = 0; host.bytesPerSecond < Infinity && received < size;) {
      await this.#pass(100, request.signal)
      received = Math.min(size, received + step)
      request.onBytes?.(received, size)
    }
    return { status, retryAfter, body: body.subarray(0, size) }
  }

  async #pass(ms: number, signal: AbortSignal): Promise<void> {
    const passed = Promise.withResolvers<undefined>()
    const timer = this.#swarm.clock.setTimer(ms, () => passed.resolve(undefined))
    await Promise.race([passed.promise, aborted(signal)]).finally(() => timer.cancel())
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

/** A peer of a swarm that fetches over HTTP as well. */
export async function addWithHttp(
  swarm: Swarm,
  port: HttpPort,
  { http, ...options }: SwarmPeerOptions & { readonly http?: Partial<HttpRetrievalOptions> } = {}
): Promise<SwarmPeer & { readonly http: HttpNetwork }> {
  const parts: HttpNetworkParts = { port, clock: swarm.clock, logger: new RecordingLogger(), scopeOf: addressScope }
  const network = new HttpNetwork(parts, http)
  const wrapNetwork: SwarmPeerOptions['wrapNetwork'] = (main) => new ManyNetworks(main, [network])
  return { ...(await swarm.add('fetcher', { ...options, wrapNetwork })), http: network }
}
