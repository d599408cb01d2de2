import type { CID } from 'multiformats/cid'
import type { CidKey, PeerId } from '../ids.ts'

/** Whoever waits for providers of one block. */
export interface Seeker {
  readonly found: (peer: PeerId) => void
}

/** A block whose providers are sought. */
export interface Sought {
  readonly cid: CID
  readonly key: CidKey
  /** Bounded: open sessions. */
  readonly seekers: Set<Seeker>
  /** All who seek it did so before, and nobody was found. */
  isRepeat: boolean
}

/** Blocks that wait to be searched for. A session takes part in twelve searches at most. */
export const MAX_WAITING = 256

/** Searches that wait for their turn: first ones before repeats, each in the order they came. */
export class SearchQueue {
  /** Bounded: with the repeats, MAX_WAITING. */
  readonly #first = new Map<CidKey, Sought>()
  /** Bounded: with the first ones, MAX_WAITING; the last to come makes way for a first one. */
  readonly #repeats = new Map<CidKey, Sought>()

  get size(): number {
    return this.#first.size + this.#repeats.size
  }

  get hasFirst(): boolean {
    return this.#first.size > 0
  }

  get(key: CidKey): Sought | undefined {
    return this.#first.get(key) ?? this.#repeats.get(key)
  }

  /** False when there is no place for it. */
  add(sought: Sought): boolean {
    if (this.size >= MAX_WAITING && (sought.isRepeat || !this.#dropRepeat())) return false
    const queue = sought.isRepeat ? this.#repeats : this.#first
    queue.set(sought.key, sought)
    return true
  }

  delete(sought: Sought): void {
    for (const queue of [this.#first, this.#repeats]) if (queue.get(sought.key) === sought) queue.delete(sought.key)
  }

  /** Takes out the one whose turn it is. */
  take(): Sought | undefined {
    for (const queue of [this.#first, this.#repeats])
      for (const [key, sought] of queue) {
        queue.delete(key)
        return sought
      }
    return undefined
  }

  clear(): void {
    this.#first.clear()
    this.#repeats.clear()
  }

  #dropRepeat(): boolean {
    const last = [...this.#repeats.keys()].at(-1)
    return last !== undefined && this.#repeats.delete(last)
  }
}
