import type { Routing } from '@helia/interface'
import type { Libp2p } from '@libp2p/interface'
import type { CID } from 'multiformats/cid'
import type { ProgressEventLike } from '../exchange.ts'
import type { AbortOptions } from '../ports.ts'
import type { Finder, FoundProvider } from '../provider.ts'
import type { HeliaProgress } from './helia-progress.ts'
import { peerOf } from './helia-providers.ts'

/** Providers by the routers of a Helia node. Those that no transport of its libp2p can reach are passed over. */
export class HeliaFinder implements Finder {
  readonly #routing: Pick<Routing, 'findProviders'>
  readonly #libp2p: Pick<Libp2p, 'isDialable'>
  readonly #progress: HeliaProgress

  constructor(routing: Pick<Routing, 'findProviders'>, libp2p: Pick<Libp2p, 'isDialable'>, progress: HeliaProgress) {
    this.#routing = routing
    this.#libp2p = libp2p
    this.#progress = progress
  }

  /** Ends at once when the node has no routers: that is a choice, not a fault. */
  async *findProviders(cid: CID, { signal }: AbortOptions = {}): AsyncGenerator<FoundProvider> {
    this.#progress.searching(cid)
    const onProgress = (event: ProgressEventLike): void => this.#progress.routed(cid, event)
    try {
      for await (const provider of this.#routing.findProviders(cid, { onProgress, ...(signal && { signal }) })) {
        const peer = peerOf(provider.id)
        if (peer === undefined || !(await this.#libp2p.isDialable(provider.multiaddrs))) continue
        this.#progress.found(cid, provider, peer)
        yield { peer, addresses: provider.multiaddrs }
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'NoRoutersAvailableError') return
      throw error
    }
  }
}
