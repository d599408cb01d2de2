import type { CID } from 'multiformats/cid'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import type { Logger, Provider, ProviderFinder } from '../ports.ts'

export interface ProviderSearchParts {
  readonly finder: ProviderFinder
  readonly connect: (provider: Provider, signal: AbortSignal) => Promise<PeerId>
  readonly logger: Logger
}

/** Whoever waits for providers of one block. */
interface Seeker {
  readonly found: (peer: PeerId) => void
}

interface Search {
  /** Bounded: open sessions. */
  readonly seekers: Set<Seeker>
  /** Connected so far; told to a seeker that comes late. Bounded: `maxProviders`. */
  readonly peers: Set<PeerId>
  readonly abort: AbortController
}

/** Searches under way at once; others wait for their session's next try. */
const MAX_SEARCHES = 8
/** Providers tried for each that is looked for: many that routing knows are gone. */
const DIALS_PER_PROVIDER = 3

/**
 * Asks routing who has a block and connects to them: one search a block, however many sessions want it. An answer of
 * routing is a hint; only peers that could be connected to are passed on.
 */
export class ProviderSearch {
  /** Bounded: MAX_SEARCHES. */
  readonly #searches = new Map<CidKey, Search>()
  readonly #parts: ProviderSearchParts
  readonly #maxProviders: number
  readonly #maxDials: number

  constructor(parts: ProviderSearchParts, maxProviders: number) {
    this.#parts = parts
    this.#maxProviders = maxProviders
    this.#maxDials = maxProviders * DIALS_PER_PROVIDER
  }

  /** Starts or joins a search. False when too many are under way. The returned function leaves it. */
  seek(cid: CID, found: (peer: PeerId) => void): (() => void) | false {
    const key = cidKey(cid)
    let search = this.#searches.get(key)
    if (search === undefined) {
      if (this.#searches.size >= MAX_SEARCHES) return false
      search = { seekers: new Set(), peers: new Set(), abort: new AbortController() }
      this.#searches.set(key, search)
      void this.#run(cid, key, search)
    }
    const joined = search
    const seeker: Seeker = { found }
    joined.seekers.add(seeker)
    for (const peer of joined.peers) found(peer)
    return () => {
      joined.seekers.delete(seeker)
      if (joined.seekers.size > 0) return
      // Out of the way at once: whoever seeks the same block next needs a search that goes on.
      this.#forget(key, joined)
      joined.abort.abort()
    }
  }

  stop(): void {
    for (const search of this.#searches.values()) search.abort.abort()
    this.#searches.clear()
  }

  async #run(cid: CID, key: CidKey, search: Search): Promise<void> {
    const { signal } = search.abort
    const dials: Promise<void>[] = []
    try {
      for await (const provider of this.#parts.finder.findProviders(cid, { signal })) {
        dials.push(this.#dial(provider, search))
        if (search.peers.size >= this.#maxProviders || dials.length >= this.#maxDials || signal.aborted) break
      }
      await Promise.all(dials)
    } catch (error) {
      this.#parts.logger.debug('provider search failed', { cid: cid.toString(), error })
    } finally {
      this.#forget(key, search)
    }
  }

  #forget(key: CidKey, search: Search): void {
    if (this.#searches.get(key) === search) this.#searches.delete(key)
  }

  async #dial(provider: Provider, search: Search): Promise<void> {
    try {
      const peer = await this.#parts.connect(provider, search.abort.signal)
      search.peers.add(peer)
      for (const { found } of search.seekers) found(peer)
    } catch (error) {
      this.#parts.logger.debug('a provider could not be reached', { peer: provider.peer, error })
    }
  }
}
