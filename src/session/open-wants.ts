import type { FewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { SharedWant } from './session-ports.ts'
import type { Waiter } from './waiter.ts'

/**
 * Where a want of a session stands. `looking`: in the local store. `ready`: to be asked of a peer. `asked`: of one or
 * more. `searching`: nobody known has it; peers are told to send it should they get it, and routing is asked.
 */
export type WantPhase = 'looking' | 'ready' | 'asked' | 'searching'

export interface OpenWant {
  readonly shared: SharedWant
  /** Bounded: requests of this session. */
  readonly waiters: FewSet<Waiter>
  priority: number
  phase: WantPhase
  /** Asked of a second peer because the first is late. */
  hedged: boolean
  /** Rounds in which routing was asked about it; undefined until it is searched for. */
  rounds?: number
  /** Strangers asked for it since the last round. */
  strangers?: number
  /** When a peer was last asked for it, in milliseconds. */
  askedAt?: number
  /** It was asked of this peer, and taken back; it may yet come. */
  recalledFrom?: PeerId
  /** How many fellows had been met when they were told of it. */
  shownTo?: number | undefined
  /** Its place among those that are equally rare. */
  place?: number
  /** How many of them there had been when peers were asked that there was no reason to ask. */
  lastResort?: number
}

/** Nobody is asked for it, and it is not on its way into the store. */
export function isIdle({ shared }: OpenWant): boolean {
  return shared.inFlight.size === 0 && !shared.claimed
}

/** Tells whoever waits that a peer was asked. Last of all that is done about it: they may give up on hearing it. */
export function tellAsked(want: OpenWant, peer: PeerId): void {
  for (const waiter of want.waiters) waiter.asked?.(want.shared.key, peer)
}

/** The wants of one session, by key and by phase. Invariant 1: every one of them is in exactly one phase. */
export class OpenWants {
  /** Bounded: what the requests of the session keep open, each up to `maxOpenWants`. */
  readonly #open = new Map<CidKey, OpenWant>()
  /** Never asked, or put off, in the order they became so. Bounded: a part of #open. */
  readonly #fresh = new Set<OpenWant>()
  /** Asked or searched for in vain, in the order they came back. Bounded: a part of #open. */
  readonly #again = new Set<OpenWant>()
  /** Bounded: a part of #open. */
  readonly #searching = new Set<OpenWant>()

  /** Ready, and not found to wait for busy peers since. Bounded: a part of #open. */
  readonly #news = new Set<OpenWant>()

  #asked = 0
  #added = 0
  #sought = 0
  #newSearches = false

  get size(): number {
    return this.#open.size
  }

  /** All there ever were. */
  get added(): number {
    return this.#added
  }

  /** Wants asked of a peer. */
  get asked(): number {
    return this.#asked
  }

  /** Wants that are, or were, searched for. */
  get sought(): number {
    return this.#sought
  }

  get readyCount(): number {
    return this.#fresh.size + this.#again.size
  }

  /** Those that came back first: however many fresh ones wait for busy peers, a missing block is searched for soon. */
  get ready(): Iterable<OpenWant> {
    return this.#inOrder()
  }

  get searching(): ReadonlySet<OpenWant> {
    return this.#searching
  }

  get(key: CidKey): OpenWant | undefined {
    return this.#open.get(key)
  }

  /** Those that are ready, but for what is known to wait. */
  get news(): ReadonlySet<OpenWant> {
    return this.#news
  }

  /** Whoever may have it is busy: it is no news until something is said of it. */
  wait(want: OpenWant): void {
    this.#news.delete(want)
  }

  /** Something was said of it, so that it is looked at again if it waits. */
  heard(key: CidKey): OpenWant | undefined {
    const want = this.#open.get(key)
    if (want?.phase === 'ready') this.#news.add(want)
    return want
  }

  values(): IterableIterator<OpenWant> {
    return this.#open.values()
  }

  add(want: OpenWant): void {
    this.#open.set(want.shared.key, want)
    this.#added++
    if (want.phase === 'asked') this.#asked++
    this.move(want, want.phase)
  }

  move(want: OpenWant, phase: WantPhase): void {
    this.#asked += Number(phase === 'asked') - Number(want.phase === 'asked')
    if (phase !== 'ready') this.#unready(want)
    else if (want.phase === 'asked' || want.phase === 'searching') this.#again.add(want)
    else if (!this.#again.has(want)) this.#fresh.add(want)
    if (phase === 'ready') this.#news.add(want)
    want.phase = phase
    if (phase === 'searching') this.#search(want)
    else this.#searching.delete(want)
  }

  /** Did a want that was not searched for before come to be since the last look? */
  takeNewSearches(): boolean {
    const found = this.#newSearches
    this.#newSearches = false
    return found
  }

  #search(want: OpenWant): void {
    this.#searching.add(want)
    if (want.rounds !== undefined) return
    want.rounds = 0
    this.#sought++
    this.#newSearches = true
  }

  /** Behind the other ready wants: it has to wait for a busy peer, and they may not. */
  postpone(want: OpenWant): void {
    if (want.phase !== 'ready') return
    this.#fresh.delete(want)
    this.#again.delete(want)
    this.#fresh.add(want)
  }

  remove(key: CidKey): OpenWant | undefined {
    const want = this.#open.get(key)
    if (want === undefined) return undefined
    this.#open.delete(key)
    if (want.phase === 'asked') this.#asked--
    if (want.rounds !== undefined) this.#sought--
    this.#unready(want)
    this.#searching.delete(want)
    return want
  }

  *#inOrder(): Generator<OpenWant> {
    yield* this.#again
    yield* this.#fresh
  }

  #unready(want: OpenWant): void {
    this.#fresh.delete(want)
    this.#again.delete(want)
    this.#news.delete(want)
  }
}
