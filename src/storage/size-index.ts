import type { CidKey } from '../ids.ts'

/** So small a part of a full index makes room. */
const DROPPED_AT_ONCE = 64

/** What is remembered of a stored block. */
export interface KnownBlock {
  readonly size: number
  /** Known to be as durable as the store promises, so that storing it again needs no work. */
  readonly settled: boolean
}

/**
 * Sizes of stored blocks, the most recently used ones. It only ever saves a look at the disk: what is not here may well
 * be stored.
 */
export class SizeIndex {
  /**
   * Least recently used first; size and `settled` packed into one number, since there are many.
   * Bounded: `maxEntries`, about 120 bytes each.
   */
  readonly #entries = new Map<CidKey, number>()
  readonly #maxEntries: number

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  get length(): number {
    return this.#entries.size
  }

  get(key: CidKey): KnownBlock | undefined {
    const packed = this.#entries.get(key)
    if (packed === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, packed)
    return { size: Math.floor(packed / 2), settled: packed % 2 === 1 }
  }

  set(key: CidKey, size: number, settled: boolean): void {
    this.#entries.delete(key)
    this.#entries.set(key, size * 2 + (settled ? 1 : 0))
    if (this.#entries.size <= this.#maxEntries) return
    // Many at a time: to find the oldest, a map passes over all that was taken out before it.
    let most = Math.ceil(this.#maxEntries / DROPPED_AT_ONCE)
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      if (--most === 0) return
    }
  }

  /** Records a size learned by looking, without forgetting that the block is settled. */
  seen(key: CidKey, size: number): void {
    this.set(key, size, this.get(key)?.settled ?? false)
  }

  delete(key: CidKey): void {
    this.#entries.delete(key)
  }
}
