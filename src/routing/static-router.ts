import type { PeerId } from '../ids.ts'
import type { Provider } from '../ports.ts'
import type { Router } from './router.ts'

/** Peers that are taken to have everything, as the owner of this one says: a server of one's own, a cluster. */
export class StaticRouter implements Router {
  readonly name = 'static providers'
  readonly #providers: readonly Provider[]

  constructor(providers: readonly Provider[]) {
    this.#providers = providers
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a list, as a stream
  async *findProviders(): AsyncGenerator<Provider> {
    yield* this.#providers
  }

  findPeer(peer: PeerId): Promise<Provider | undefined> {
    return Promise.resolve(this.#providers.find((provider) => provider.peer === peer))
  }
}
