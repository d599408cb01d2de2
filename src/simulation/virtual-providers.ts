import type { CID } from 'multiformats/cid'
import { type CidKey, cidKey, type PeerId } from '../ids.ts'
import type { AbortOptions, Clock, Provider, ProviderFinder } from '../ports.ts'
import { delay } from './delay.ts'
import { type Distribution, drawMicros } from './distribution.ts'
import type { SeededRandom } from './seeded-random.ts'

/** How long a search takes. */
export interface SearchPhases {
  /** From the question to the first answer. */
  readonly walk: Distribution
  /** Between two answers. The default: none. */
  readonly nextMs?: number
  readonly random: SeededRandom
}

/** The routing system of a virtual world: it knows at once who provides what, and takes its time to say it. */
export class VirtualProviders {
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #phases: SearchPhases | undefined
  /** Bounded: by the blocks that were provided. */
  readonly #providers = new Map<CidKey, Set<PeerId>>()
  /** Bounded: by the peers that ever searched; how often each did. */
  readonly #walks = new Map<PeerId, number>()
  #searches = 0

  /** Every answer takes so many milliseconds, after the search or the answer before it; or a search has phases. */
  constructor(clock: Clock, pace: number | SearchPhases = 50) {
    this.#clock = clock
    this.#phases = typeof pace === 'number' ? undefined : pace
    this.#latencyMs = typeof pace === 'number' ? pace : (pace.nextMs ?? 0)
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

  #count(asker: PeerId): number {
    const count = (this.#walks.get(asker) ?? 0) + 1
    this.#walks.set(asker, count)
    return count
  }

  async *#find(asker: PeerId, cid: CID, options: AbortOptions = {}): AsyncGenerator<Provider> {
    this.#searches += 1
    const told = new Set<PeerId>([asker])
    if (this.#phases !== undefined) {
      // Of the asker and its question alone: what others ask meanwhile does not change it.
      const random = this.#phases.random.stream(`walk ${asker} ${cid.toString()} ${this.#count(asker)}`)
      await delay(this.#clock, drawMicros(this.#phases.walk, random) / 1_000, options.signal)
    }
    for (;;) {
      await delay(this.#clock, this.#latencyMs, options.signal)
      const next = [...(this.#providers.get(cidKey(cid)) ?? [])].find((peer) => !told.has(peer))
      if (next === undefined) return
      told.add(next)
      yield { peer: next, addresses: [] }
    }
  }
}
