import type { BlockRetrievalOptions, Provider } from '@helia/interface'
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { CID } from 'multiformats/cid'
import type { ProgressEventLike } from '../exchange.ts'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import { toProvider } from '../provider.ts'
import type { Logger } from '../ports.ts'

/** The name of this broker in Helia, in its events as well: that of the one it stands in for. */
export const BROKER_NAME = 'bitswap'

export type HeliaListener = NonNullable<BlockRetrievalOptions['onProgress']>

/** One retrieval whose progress somebody follows. */
interface Follower {
  readonly cid: CID
  readonly listener: HeliaListener
  /** Peers that are being connected to for it. Bounded: providers named by the caller or found by routing for one block. */
  readonly dialling: Set<string>
}

export interface Following {
  /** Progress of the exchange, to be told in Helia's words. */
  readonly tell: (event: ProgressEventLike) => void
  readonly end: () => void
}

/** Tells the progress of retrievals in the events that Helia's users know: `bitswap:…` and `helia:block-broker:…`. */
export class HeliaProgress {
  /** Bounded: retrievals that run. */
  readonly #followers = new Map<CidKey, Set<Follower>>()
  readonly #isConnected: (peer: string) => boolean
  readonly #logger: Logger

  constructor(isConnected: (peer: string) => boolean, logger: Logger) {
    this.#isConnected = isConnected
    this.#logger = logger
  }

  /** Follows a retrieval until `end()`. `providers` are about to be connected to for it. */
  follow(cid: CID, listener: HeliaListener, providers: readonly string[]): Following {
    const follower: Follower = { cid, listener, dialling: new Set() }
    const key = cidKey(cid)
    const followers = this.#followers.get(key) ?? new Set()
    this.#followers.set(key, followers.add(follower))
    for (const text of providers) {
      const { peer } = toProvider(text)
      if (peer !== undefined) this.#dials(follower, peer)
    }
    return {
      tell: (event) => this.#tell(follower, event),
      end: () => {
        if (followers.delete(follower) && followers.size === 0) this.#followers.delete(key)
      }
    }
  }

  searching(cid: CID): void {
    this.#tellAll(cid, { type: 'bitswap:find-providers', detail: cid })
  }

  /** What the routing of Helia says while it searches. */
  routed(cid: CID, event: ProgressEventLike): void {
    this.#tellAll(cid, event)
  }

  found(cid: CID, provider: Provider, peer: string): void {
    const detail = { type: 'bitswap', cid, provider, router: provider.router }
    this.#tellAll(cid, { type: 'bitswap:found-provider', detail })
    for (const follower of this.#followers.get(cidKey(cid)) ?? []) this.#dials(follower, peer)
  }

  connected({ remotePeer, remoteAddr }: Connection): void {
    const peer = remotePeer.toString()
    for (const followers of this.#followers.values()) {
      for (const follower of followers) {
        if (follower.dialling.delete(peer)) this.#broker(follower, 'connected', peer, { address: remoteAddr })
      }
    }
  }

  #dials(follower: Follower, peer: string): void {
    if (follower.dialling.has(peer) || this.#isConnected(peer)) return
    follower.dialling.add(peer)
    this.#safely(follower, { type: 'bitswap:dial', detail: peerIdFromString(peer) })
    this.#broker(follower, 'connect', peer)
  }

  #broker(follower: Follower, type: 'connect' | 'connected', peer: string, more = {}): void {
    this.#safely(follower, brokerEvent(type, follower.cid, peer, more))
  }

  #tellAll(cid: CID, event: ProgressEventLike): void {
    for (const follower of this.#followers.get(cidKey(cid)) ?? []) this.#safely(follower, event)
  }

  /** What is not about one retrieval alone must not fail on the listener of one. */
  #safely({ listener, cid }: Follower, event: ProgressEventLike): void {
    try {
      listener(event)
    } catch (error) {
      this.#logger.warn('a progress listener threw', { cid: cid.toString(), event: event.type, error })
    }
  }

  /** What the listener throws here rejects its retrieval. */
  #tell({ listener, cid }: Follower, event: ProgressEventLike): void {
    const { type, detail } = event as ExchangeEvent
    if (type === 'bitswap:send-wantlist') {
      listener({ type, detail: peerIdFromString(detail.peer) })
      listener(brokerEvent('request-block', cid, detail.peer))
    } else if (type === 'bitswap:block') {
      if (detail.from === undefined) return
      listener({ type, detail: { cid: detail.cid, sender: peerIdFromString(detail.from) } })
      listener(brokerEvent('receive-block', cid, detail.from))
    } else {
      listener(event)
    }
  }
}

/** The events of a request, as `exchange.ts` describes them. */
type ExchangeEvent =
  | { readonly type: 'bitswap:want' | 'bitswap:unwant'; readonly detail: CID }
  | { readonly type: 'bitswap:send-wantlist'; readonly detail: { readonly cid: CID; readonly peer: PeerId } }
  | { readonly type: 'bitswap:block'; readonly detail: { readonly cid: CID; readonly from: PeerId | undefined } }

function brokerEvent(type: string, cid: CID, peer: string, more = {}): ProgressEventLike {
  const provider = peerIdFromString(peer).toCID()
  return { type: `helia:block-broker:${type}`, detail: { broker: BROKER_NAME, type, provider, cid, ...more } }
}
