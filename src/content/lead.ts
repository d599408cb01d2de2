import { dropOldest } from '../drop-oldest.ts'

import type { CidKey } from '../ids.ts'

/**
 * How far a walk over blocks is ahead of somebody who reads them in the same order. Each block counts once, however often
 * the reader comes back to it. Either may be the first at a block.
 */
export class Lead {
  readonly #max: number
  /** Visited by the walk, and not read. Bounded: `max`, where the walk waits while it `isFull`. */
  readonly #unread = new Set<CidKey>()
  /** Read, and not visited before; oldest first. Bounded: `max`. */
  readonly #early = new Set<CidKey>()

  constructor(max: number) {
    this.#max = max
  }

  get isFull(): boolean {
    return this.#unread.size >= this.#max
  }

  visited(key: CidKey): void {
    if (!this.#early.delete(key)) this.#unread.add(key)
  }

  read(key: CidKey): void {
    if (this.#unread.delete(key)) return
    this.#early.add(key)
    dropOldest(this.#early, this.#max)
  }
}
