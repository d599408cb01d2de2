/** Moments kept: when there are twice as many, every second one goes. */
const MAX_MOMENTS = 512

/** How near to its last value the imbalance has to stay. */
const NEAR = 0.05

/**
 * What pairs of peers owe each other. The imbalance is the sum of |sent − received| over all pairs, as a part of all block
 * bytes: 1 when nobody ever gave anything back, 0 when all pairs are even.
 */
export class DebtBalance {
  readonly #peers: number
  /** Bounded: one for each pair of peers that exchanged blocks. What the first gave more than the second. */
  readonly #net = new Map<number, number>()
  /** Bounded: by twice `MAX_MOMENTS`. */
  #moments: { readonly atMs: number; readonly imbalance: number }[] = []
  #every = 1
  #count = 0
  #open = 0
  #bytes = 0
  #lastMs = 0

  constructor(peers: number) {
    this.#peers = peers
  }

  get imbalance(): number {
    return this.#bytes === 0 ? 0 : this.#open / this.#bytes
  }

  /** So many bytes of blocks went from one peer to another. */
  add(from: number, to: number, bytes: number, nowMs: number): void {
    const [first, second] = from < to ? [from, to] : [to, from]
    const pair = first * this.#peers + second
    const before = this.#net.get(pair) ?? 0
    const after = before + (from === first ? bytes : -bytes)
    this.#net.set(pair, after)
    this.#open += Math.abs(after) - Math.abs(before)
    this.#bytes += bytes
    this.#lastMs = nowMs
    if (this.#count++ % this.#every === 0) this.#keep(nowMs)
  }

  /** From when on the imbalance stayed within 0.05 of what it was in the end; undefined when nothing was exchanged. */
  convergedAtMs(): number | undefined {
    if (this.#bytes === 0) return undefined
    const last = this.imbalance
    const strayed = this.#moments.findLastIndex(({ imbalance }) => Math.abs(imbalance - last) > NEAR)
    return this.#moments[strayed + 1]?.atMs ?? this.#lastMs
  }

  #keep(atMs: number): void {
    this.#moments.push({ atMs, imbalance: this.imbalance })
    if (this.#moments.length < 2 * MAX_MOMENTS) return
    this.#moments = this.#moments.filter((_moment, index) => index % 2 === 0)
    this.#every *= 2
  }
}
