import type { CID } from 'multiformats/cid'
import type { SearchView } from '../exchange-insight.ts'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import type { Clock, Logger, Provider, ProviderFinder, Timer } from '../ports.ts'
import { noteUnreached, SearchOutcomes, shortReason, type SearchNotes } from './search-outcomes.ts'
import { SearchQueue, type Seeker, type Sought } from './search-queue.ts'

export interface ProviderSearchParts {
  readonly finder: ProviderFinder
  readonly connect: (provider: Provider, signal: AbortSignal) => Promise<PeerId>
  readonly clock: Pick<Clock, 'now' | 'setTimer'>
  readonly logger: Logger
}

/** One under way. */
interface Search {
  readonly sought: Sought
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
/** Searches under way at once; others wait for their turn. */
const MAX_SEARCHES = 8
/**
 * A search that has had so long makes way for a first one that waits, repeats before others, in milliseconds. What routing
 * knows, it mostly says sooner; Boxo never gives it more.
 */
const TURN_MS = 10_000
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
  readonly #waiting = new SearchQueue()
  #turnTimer: Timer | undefined
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

  /**
   * Starts or joins a search, or waits for its turn: first ones come before those of whom `isRepeat` says that they were
   * made before. False when too many wait. The returned function leaves it.
   */
  seek(cid: CID, found: (peer: PeerId) => void, isRepeat = false): (() => void) | false {
    const key = cidKey(cid)
    const search = this.#searches.get(key)
    const sought = search?.sought ?? this.#waiting.get(key) ?? { cid, key, seekers: new Set(), isRepeat }
    const isNews = sought.seekers.size === 0
    if (isNews && this.#searches.size >= MAX_SEARCHES && !this.#waiting.add(sought)) return false
    const seeker: Seeker = { found }
    sought.seekers.add(seeker)
    if (search !== undefined) for (const peer of search.peers) found(peer)
    if (sought.isRepeat && !isRepeat) this.#promote(sought)
    if (isNews && this.#waiting.get(key) !== sought) this.#start(sought)
    this.#makeWay()
    return () => {
      sought.seekers.delete(seeker)
      if (sought.seekers.size > 0) return
      this.#waiting.delete(sought)
      const left = this.#searches.get(key)
      // Out of the way at once: whoever seeks the same block next needs a search that goes on.
      if (left?.sought === sought) this.#giveUp(left)
    }
  }

  stop(): void {
    this.#waiting.clear()
    for (const search of this.#searches.values()) this.#giveUp(search)
  }

  /** Somebody seeks it for the first time. */
  #promote(sought: Sought): void {
    const isWaiting = this.#waiting.get(sought.key) === sought
    this.#waiting.delete(sought)
    sought.isRepeat = false
    if (isWaiting) this.#waiting.add(sought)
  }

  #start(sought: Sought): void {
    const search = newSearch(sought, this.#outcomes.begin(sought.key, this.#parts.clock.now()))
    this.#searches.set(sought.key, search)
    void this.#run(search)
  }

  #giveUp(search: Search): void {
    search.abort.abort(NOT_SOUGHT)
    this.#forget(search)
  }

  #forget(search: Search): void {
    const { key } = search.sought
    if (this.#searches.get(key) !== search) return
    this.#searches.delete(key)
    const next = this.#waiting.take()
    if (next !== undefined) this.#start(next)
    this.#makeWay()
  }

  /** While a first search waits, one that had its turn ends; its seekers come again in their own time. */
  #makeWay(): void {
    this.#turnTimer?.cancel()
    this.#turnTimer = undefined
    if (!this.#waiting.hasFirst) return
    const now = this.#parts.clock.now()
    const running = [...this.#searches.values()]
    const hadTurn = running.filter(({ notes }) => notes.startedAt + TURN_MS <= now)
    const next = hadTurn.find(({ sought }) => sought.isRepeat) ?? hadTurn[0]
    if (next !== undefined) {
      this.#giveUp(next)
      return
    }
    const firstAt = Math.min(...running.map(({ notes }) => notes.startedAt))
    this.#turnTimer = this.#parts.clock.setTimer(firstAt + TURN_MS - now, () => this.#makeWay())
  }

  async #run(search: Search): Promise<void> {
    const { cid } = search.sought
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
      this.#forget(search)
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
      for (const { found } of search.sought.seekers) found(peer)
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

function newSearch(sought: Sought, notes: SearchNotes): Search {
  const signals = { abort: new AbortController(), enough: new AbortController() }
  const search: Search = {
    ...signals,
    sought,
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
