import { toPeerId } from '../../ids.ts'
import type { AbortOptions, Provider, ProviderFinder } from '../../ports.ts'
import type { CID } from 'multiformats/cid'
import type { ContentRouting } from '@libp2p/interface'

/** Providers by the content routing of a libp2p node: the DHT, delegated routers, whatever it was built with. */
export class RoutingFinder implements ProviderFinder {
  readonly #routing: Pick<ContentRouting, 'findProviders'>

  constructor(routing: Pick<ContentRouting, 'findProviders'>) {
    this.#routing = routing
  }

  /** Ends at once when the node has no content routing: that is a choice, not a fault. */
  async *findProviders(cid: CID, { signal }: AbortOptions = {}): AsyncGenerator<Provider> {
    try {
      for await (const { id, multiaddrs } of this.#routing.findProviders(cid, signal === undefined ? {} : { signal })) {
        yield { peer: toPeerId(id), addresses: multiaddrs.map(String) }
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'NoContentRoutersError') return
      throw error
    }
  }
}
