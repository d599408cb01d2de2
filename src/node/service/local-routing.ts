import type { CID } from 'multiformats/cid'
import type {
  FindProvidersOptions,
  FoundPeer,
  ProvideOptions,
  ProvideStat,
  RoutingEvent,
  RoutingService
} from '../../api/service/routing-service.ts'
import { BitswapError, InvalidParametersError, NotFoundError } from '../../errors.ts'
import { cidKey, toPeerId, type PeerId } from '../../ids.ts'
import type { AbortOptions, Blockstore } from '../../ports.ts'
import type { CompositeRouter } from '../../routing/composite-router.ts'
import type { Providing } from '../../routing/providing/providing.ts'
import { localSource } from '../../content/collector.ts'
import { parseBlockPath } from '../../content/content-path.ts'
import { walkDag } from '../../content/dag-walk.ts'
import { KeySet } from '../../content/key-set.ts'
import type { KnownAddresses } from '../libp2p/known-addresses.ts'
import { parsePeer } from '../libp2p/swarm.ts'

export interface LocalRoutingParts {
  readonly router: Pick<CompositeRouter, 'canProvide' | 'provide' | 'findProviders' | 'findPeer'>
  /** Undefined when nothing is provided by itself. */
  readonly providing: Providing | undefined
  /** Where a peer can be reached as far as this one knows by itself; empty for a stranger. */
  readonly known: KnownAddresses
  readonly strategy: string
  readonly blocks: Pick<Blockstore, 'get' | 'size'>
  readonly connectedPeers: () => number
  /** Nobody is connected, nor any router over HTTP named. */
  readonly isAlone: () => boolean
  /** Why nobody can be asked, and what to do about it; undefined when somebody can. */
  readonly whyOff: () => string | undefined
}

/** Routing is switched off here; the message says where to switch it on. */
export class RoutingOffError extends BitswapError {
  constructor(message: string) {
    super('RoutingOffError', 'ERR_ROUTING_OFF', message)
  }
}

/** Providers named when the caller gives no number; Kubo's. */
const DEFAULT_COUNT = 20

/** What a user asks of the routing systems, in texts. */
export class LocalRouting implements RoutingService {
  readonly #parts: LocalRoutingParts

  constructor(parts: LocalRoutingParts) {
    this.#parts = parts
  }

  async *findProviders(
    text: string,
    { signal, count = DEFAULT_COUNT }: FindProvidersOptions = {}
  ): AsyncGenerator<RoutingEvent> {
    const cid = parseBlockPath(text)
    if (count < 1) throw new InvalidParametersError('number of providers must be greater than 0')
    this.#requireRouters()
    const failures: RoutingEvent[] = []
    const onFailure = (router: string, error: unknown): void => void failures.push(failureOf(router, error))
    const found = new Set<PeerId>()
    for await (const { peer, addresses } of this.#parts.router.findProviders(cid, { signal, onFailure })) {
      yield* failures.splice(0)
      if (peer === undefined) continue
      yield { type: 'provider', peer: { id: peer, addresses } }
      if (found.add(peer).size >= count) return
    }
    yield* failures
  }

  /** Routers are asked only for a peer that is not known here: of one that is connected they may know nothing. */
  async findPeer(text: string, { signal }: AbortOptions = {}): Promise<FoundPeer> {
    const id = parsePeer(text)
    const peer = toPeerId(id)
    const known = await this.#parts.known(id, { signal })
    if (known.length > 0) return { id: peer, addresses: known }
    this.#requireRouters()
    const found = await this.#parts.router.findPeer(peer, { signal })
    if (found === undefined) throw new NotFoundError('routing: not found')
    return { id: peer, addresses: found.addresses }
  }

  async *provide(texts: readonly string[], options: ProvideOptions = {}): AsyncGenerator<RoutingEvent> {
    const { router } = this.#parts
    this.#requireProviders()
    for await (const cid of this.#keys(texts, options)) {
      const taken: PeerId[] = []
      await router.provide(cid, { signal: options.signal, onTaken: (peer) => taken.push(peer) })
      for (const peer of taken) yield { type: 'final-peer', peer: { id: peer, addresses: [] } }
    }
  }

  async *provideOnce(texts: readonly string[], options: ProvideOptions = {}): AsyncGenerator<string> {
    const { providing, strategy } = this.#parts
    this.#requireProviders()
    if (providing === undefined) {
      throw new RoutingOffError(
        `cannot provide: Provide.Strategy is "${strategy}", or Provide.Enabled false. Use "routing provide", or set Provide.Strategy to roots`
      )
    }
    for await (const cid of this.#keys(texts, options)) {
      await providing.announce(cid)
      yield cid.toString()
    }
  }

  provideStat(): ProvideStat {
    const { providing, strategy } = this.#parts
    const info = providing?.info()
    const isWaiting = info?.state === 'paused' && this.#parts.isAlone()
    const waiting = { state: 'waiting', resumesInMs: 0, lastError: undefined, behindMs: 0 } as const
    return { strategy, info: isWaiting ? { ...info, ...waiting } : info }
  }

  async provideClear(): Promise<number> {
    return (await this.#parts.providing?.clear()) ?? 0
  }

  #requireRouters(): void {
    const why = this.#parts.whyOff()
    if (why !== undefined) throw new RoutingOffError(why)
  }

  #requireProviders(): void {
    this.#requireRouters()
    const { router, connectedPeers } = this.#parts
    if (!router.canProvide) {
      throw new RoutingOffError('cannot provide: no router here takes records. Set Routing.Type to auto or dht')
    }
    if (connectedPeers() === 0) {
      throw new RoutingOffError('cannot provide: no connected peers. Connect to one with "barter swarm connect"')
    }
  }

  /** The keys of a call, each once, and only if they are here. */
  async *#keys(texts: readonly string[], { recursive, signal }: ProvideOptions): AsyncGenerator<CID> {
    const { blocks } = this.#parts
    const told = new KeySet()
    for (const root of texts.map(parseBlockPath)) {
      if ((await blocks.size(root, { signal })) === undefined) {
        throw new NotFoundError(`block ${root.toString()} not found locally, cannot provide`)
      }
      for await (const cid of recursive === true ? this.#below(root, signal) : [root]) {
        if (told.add(cidKey(cid))) yield cid
      }
    }
  }

  /** The block and all that is below it, as far as it is here: whoever comes for what is not would come in vain. */
  async *#below(root: CID, signal: AbortSignal | undefined): AsyncGenerator<CID> {
    const { blocks } = this.#parts
    const source = localSource({ readBlock: (cid, options) => blocks.get(cid, options) })
    // Bounded: by the blocks that are here, and do not say what is below them.
    const unreadable: CID[] = []
    const walk = walkDag(source, root, {
      signal,
      skipLeaves: true,
      unreadable: (cid, error) => {
        if (!(error instanceof NotFoundError)) unreadable.push(cid)
      }
    })
    for await (const { cid, bytes } of walk) {
      if (bytes !== undefined || (await blocks.size(cid, { signal })) !== undefined) yield cid
    }
    for (const cid of unreadable) if ((await blocks.size(cid, { signal })) !== undefined) yield cid
  }
}

function failureOf(router: string, error: unknown): RoutingEvent {
  return { type: 'error', message: `${router}: ${error instanceof Error ? error.message : String(error)}` }
}
