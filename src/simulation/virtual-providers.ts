import type { CID } from 'multiformats/cid'
import { type CidKey, cidKey, type PeerId } from '../ids.ts'
import type { AbortOptions, Clock, Provider, ProviderFinder } from '../ports.ts'
import { delay } from './delay.ts'

/** The routing system of a virtual world: it knows at once who provides what, and takes its time to say it. */
export class VirtualProviders {
  readonly #clock: Clock
  readonly #latencyMs: number
  /** Bounded: by the blocks that were provided. */
  readonly #providers = new Map<CidKey, Set<PeerId>>()
  #searches = 0

  /** Every answer takes `latencyMs`, after the search or the answer before it. */
  constructor(clock: Clock, latencyMs = 50) {
    this.#clock = clock
    this.#latencyMs = latencyMs
  }

  /** Searches begun so far, by everybody. */
  get searches(): number {
    return this.#searches
  }

  provide(peer: PeerId, cid: CID): void {
    const key = cidKey(cid)
    const peers = this.#providers.get(key) ?? new Set()
    this.#providers.set(key, peers.add(peer))
  }

  withdraw(peer: PeerId, cid: CID): void {
    this.#providers.get(cidKey(cid))?.delete(peer)
  }

  /** The `ProviderFinder` of one peer, which never finds itself. */
  finderFor(peer: PeerId): ProviderFinder {
    return { findProviders: (cid, options) => this.#find(peer, cid, options) }
  }

  async *#find(asker: PeerId, cid: CID, options: AbortOptions = {}): AsyncGenerator<Provider> {
    this.#searches += 1
    const told = new Set<PeerId>([asker])
    for (;;) {
      await delay(this.#clock, this.#latencyMs, options.signal)
      const next = [...(this.#providers.get(cidKey(cid)) ?? [])].find((peer) => !told.has(peer))
      if (next === undefined) return
      told.add(next)
      yield { peer: next, addresses: [] }
    }
  }
}
