import { FewMap } from '../few.ts'
import type { CidKey } from '../ids.ts'
import { IndexedHeap } from './indexed-heap.ts'
import type { SharedPlaces } from './shared-places.ts'
import type { Want } from './want.ts'

/**
 * One partner's wantlist, bounded. When it is full, a want whose block may be here gets a shared place, while there are
 * any; then the least useful want makes room, which may be the newcomer: wants for blocks we lack go before those not
 * looked up yet, these before wants for blocks we have; then the lowest priority; then the newest. Of wants for blocks we
 * lack there are never more than `limit`.
 */
export class PartnerWants {
  readonly #limit: number
  readonly #shared: SharedPlaces
  /** Bounded: `limit`, and the shared places. */
  readonly #wants = new FewMap<CidKey, Want>()
  /** Made when the first one has to make room, and let go when half of the places are free: most lists never get there. */
  #ranking: EvictionOrder | undefined
  #left = false

  constructor(limit: number, shared: SharedPlaces) {
    this.#limit = limit
    this.#shared = shared
  }

  get size(): number {
    return this.#wants.size
  }

  get(key: CidKey): Want | undefined {
    return this.#wants.get(key)
  }

  values(): IterableIterator<Want> {
    return this.#wants.values()
  }

  /** Adds a want whose key is not here yet. Returns the one that found no room: an older one, the new one, or none. */
  add(want: Want): Want | undefined {
    let evicted: Want | undefined
    if (this.#wants.size >= this.#limit && !this.#borrow(want)) {
      const ranking = this.#ranked()
      evicted = ranking.peek()
      if (evicted === undefined || ranking.goesBefore(want, evicted)) return want
      this.#remove(evicted)
    }
    this.#wants.set(want.key, want)
    if (this.#ranking === undefined) want.rankPlace = 0
    else this.#ranking.push(want)
    return evicted
  }

  /** False when a new want would not even get in if its block were here. */
  hasRoomFor(want: Want): boolean {
    if (this.#wants.size < this.#limit || this.#shared.free > 0) return true
    const worst = this.#ranked().peek()
    return worst !== undefined && (usefulness(worst) < MOST_USEFUL || want.priority > worst.priority)
  }

  delete(want: Want): void {
    if (!want.isKept) return
    if (this.#wants.size > this.#limit && !this.#left) this.#shared.give(1)
    this.#remove(want)
  }

  /** Call when state or priority of a want here has changed. */
  changed(want: Want): void {
    this.#ranking?.moved(want)
  }

  /** The block of a want here turned out to be missing. Returns the want that loses its place by that, or none. */
  missed(want: Want): Want | undefined {
    this.#ranking?.moved(want)
    if (this.#wants.size <= this.#limit) return undefined
    const evicted = this.#ranked().peek()
    if (evicted !== undefined) this.delete(evicted)
    return evicted
  }

  /** The partner is gone: gives back its shared places. */
  leave(): void {
    if (!this.#left) this.#shared.give(Math.max(0, this.#wants.size - this.#limit))
    this.#left = true
  }

  #borrow(want: Want): boolean {
    return want.state !== 'missing' && !this.#left && this.#shared.take()
  }

  #remove(want: Want): void {
    this.#wants.delete(want.key)
    this.#ranking?.remove(want)
    want.rankPlace = -1
    if (this.#wants.size * 2 < this.#limit) this.#ranking = undefined
  }

  #ranked(): EvictionOrder {
    if (this.#ranking !== undefined) return this.#ranking
    const ranking = new EvictionOrder()
    for (const want of this.#wants.values()) ranking.push(want)
    return (this.#ranking = ranking)
  }
}

class EvictionOrder extends IndexedHeap<Want> {
  goesBefore(a: Want, b: Want): boolean {
    return this.isBefore(a, b)
  }

  protected override isBefore(a: Want, b: Want): boolean {
    if (a.state !== b.state) {
      const difference = usefulness(a) - usefulness(b)
      if (difference !== 0) return difference < 0
    }
    return a.priority === b.priority ? a.sequence > b.sequence : a.priority < b.priority
  }

  protected override placeOf(want: Want): number {
    return want.rankPlace
  }

  protected override setPlace(want: Want, place: number): void {
    want.rankPlace = place
  }
}

const MOST_USEFUL = 2

function usefulness({ state }: Want): number {
  if (state === 'missing') return 0
  return state === 'looking' ? 1 : MOST_USEFUL
}
