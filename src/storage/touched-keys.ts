import type { CidKey } from '../ids.ts'

/** Keys kept one by one, 6 MiB of them; of more only a filter is kept. */
const MAX_EXACT = 65_536
/** 8 MiB of bits: with six million keys one block in a hundred passes for one of them. */
const FILTER_BYTES = 8 * 1024 * 1024
const FILTER_BITS = FILTER_BYTES * 8
const NO_FILTER = new Uint8Array(0)

/**
 * Keys of blocks that somebody has in hand, within bounded memory: however many they are, `has` is true for each. Of
 * others it is false, but for some when there are very many: such a block is kept once more than it need be.
 */
export class TouchedKeys {
  /** Bounded: `MAX_EXACT`; undefined once the filter has taken over. */
  #exact: Set<CidKey> | undefined = new Set()
  #filter: Uint8Array = NO_FILTER
  readonly #maxExact: number

  constructor(maxExact = MAX_EXACT) {
    this.#maxExact = maxExact
  }

  add(key: CidKey): void {
    if (this.#exact !== undefined) {
      this.#exact.add(key)
      if (this.#exact.size > this.#maxExact) this.#overflow(this.#exact)
      return
    }
    const filter = this.#filter
    for (const bit of bitsOf(key)) filter[bit >>> 3] = (filter[bit >>> 3] ?? 0) | (1 << (bit & 7))
  }

  has(key: CidKey): boolean {
    if (this.#exact !== undefined) return this.#exact.has(key)
    return bitsOf(key).every((bit) => ((this.#filter[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0)
  }

  #overflow(keys: Set<CidKey>): void {
    this.#exact = undefined
    this.#filter = new Uint8Array(FILTER_BYTES)
    for (const key of keys) this.add(key)
  }
}

/** Four places for a key, from the last bytes of its digest, which are as good as random. */
function bitsOf(key: CidKey): readonly number[] {
  return [0, 1, 2, 3].map((which) => {
    let word = which
    for (let i = 1; i <= 4; i++) word = (word * 256 + (key.charCodeAt(key.length - which * 4 - i) | 0)) >>> 0
    return word % FILTER_BITS
  })
}
