import type { CID } from 'multiformats/cid'
import type { SearchView } from '../exchange-insight.ts'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import type { Clock, Logger, Provider, ProviderFinder } from '../ports.ts'
import { noteUnreached, SearchOutcomes, shortReason, type SearchNotes } from './search-outcomes.ts'

export interface ProviderSearchParts {
  readonly finder: ProviderFinder
  readonly connect: (provider: Provider, signal: AbortSignal) => Promise<PeerId>
  readonly clock: Pick<Clock, 'now' | 'setTimer'>
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
  /** Ends the dials that are not needed any more. */
  readonly enough: AbortController
  /** Being dialled. Bounded: `maxDials`. */
  readonly dialling: Set<string>
  /** Dials begun. */
  dials: number
  /** Dials that may be there in a moment: neither settled nor slow. */
  pending: number
  /** Called when there may be room for another dial. */
  wake: () => void
  readonly notes: SearchNotes
}

/** Made once: an error for each search that nobody waits for any more would cost as much as the rest of it. */
const NOT_SOUGHT: unknown = AbortSignal.abort().reason
/** Searches under way at once; others wait for their session's next try. */
const MAX_SEARCHES = 8
/** Providers tried for each that is looked for: many that routing knows are gone, and some never were. */
const DIALS_PER_PROVIDER = 6
/** A dial that takes longer does not keep another from being made, in milliseconds. Most that succeed do so sooner. */
const SLOW_DIAL_MS = 2_000

/**
 * Asks routing who has a block and connects to them: one search a block, however many sessions want it. An answer of
 * routing is a hint; only peers that could be connected to are passed on. No more are dialled at a time than are still
 * needed, but for those that are slow.
 */
export class ProviderSearch {
  /** Bounded: MAX_SEARCHES. */
  readonly #searches = new Map<CidKey, Search>()
  readonly #outcomes = new SearchOutcomes()
  readonly #parts: ProviderSearchParts
  readonly #maxProviders: number
  readonly #maxDials: number

  constructor(parts: ProviderSearchParts, maxProviders: number) {
    this.#parts = parts
    this.#maxProviders = maxProviders
    this.#maxDials = maxProviders * DIALS_PER_PROVIDER
  }

  /** What came of the last search for a block; undefined when there was none of late. */
  outcome(key: CidKey): SearchView | undefined {
    return this.#outcomes.get(key)
  }

  /** Starts or joins a search. False when too many are under way. The returned function leaves it. */
  seek(cid: CID, found: (peer: PeerId) => void): (() => void) | false {
    const key = cidKey(cid)
    let search = this.#searches.get(key)
    if (search === undefined) {
      if (this.#searches.size >= MAX_SEARCHES) return false
      search = newSearch(this.#outcomes.begin(key, this.#parts.clock.now()))
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
      joined.abort.abort(NOT_SOUGHT)
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
        if (!isKnown(search, provider)) {
          search.notes.found++
          dials.push(this.#dial(provider, search))
        }
        await this.#room(search)
        if (this.#isOver(search)) break
      }
      await Promise.all(dials)
    } catch (error) {
      if (!signal.aborted) search.notes.error = shortReason(error)
      this.#parts.logger.debug('provider search failed', { cid: cid.toString(), error })
    } finally {
      if (!signal.aborted) search.notes.endedAt = this.#parts.clock.now()
      this.#forget(key, search)
    }
  }

  #isOver({ peers, dials, abort }: Search): boolean {
    return peers.size >= this.#maxProviders || dials >= this.#maxDials || abort.signal.aborted
  }

  /** Resolves when one more may be dialled, or none need be. */
  async #room(search: Search): Promise<void> {
    while (!this.#isOver(search) && search.peers.size + search.pending >= this.#maxProviders) {
      await new Promise<void>((resolve) => (search.wake = resolve))
    }
  }

  #forget(key: CidKey, search: Search): void {
    if (this.#searches.get(key) === search) this.#searches.delete(key)
  }

  async #dial(provider: Provider, search: Search): Promise<void> {
    const name = nameOf(provider)
    const late = this.#pending(search)
    search.dialling.add(name)
    search.dials++
    try {
      const peer = await this.#parts.connect(provider, AbortSignal.any([search.abort.signal, search.enough.signal]))
      if (search.peers.has(peer)) return
      search.peers.add(peer)
      search.notes.reached++
      for (const { found } of search.seekers) found(peer)
      if (search.peers.size >= this.#maxProviders) search.enough.abort(new Error('enough providers are connected'))
    } catch (error) {
      if (!search.abort.signal.aborted && !search.enough.signal.aborted)
        noteUnreached(search.notes, provider.peer ?? provider.addresses[0] ?? '', error)
      this.#parts.logger.debug('a provider could not be reached', { peer: provider.peer, error })
    } finally {
      search.dialling.delete(name)
      late()
    }
  }

  /** Counts a dial as pending until it settles, which the returned function tells, or is slow. */
  #pending(search: Search): () => void {
    let isPending = true
    search.pending++
    const over = (): void => {
      timer.cancel()
      if (isPending) search.pending--
      isPending = false
      search.wake()
    }
    const timer = this.#parts.clock.setTimer(SLOW_DIAL_MS, over)
    return over
  }
}

function newSearch(notes: SearchNotes): Search {
  const signals = { abort: new AbortController(), enough: new AbortController() }
  const search: Search = {
    ...signals,
    seekers: new Set(),
    peers: new Set(),
    dialling: new Set(),
    dials: 0,
    pending: 0,
    wake: () => undefined,
    notes
  }
  search.abort.signal.addEventListener('abort', () => search.wake())
  return search
}

/** Connected already, or about to be. One that could not be reached may be named again with other addresses. */
function isKnown({ peers, dialling }: Search, provider: Provider): boolean {
  return (provider.peer !== undefined && peers.has(provider.peer)) || dialling.has(nameOf(provider))
}

/** A peer without addresses is another thing to dial than the same one with some. */
function nameOf({ peer, addresses }: Provider): string {
  return `${peer ?? addresses[0] ?? ''} ${addresses.length > 0}`
}
