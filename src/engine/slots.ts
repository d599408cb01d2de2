/** A message of blocks that is being read or written. */
export interface SlotHolder {
  readonly startedAt: number
  /** Its slot was lent to others. */
  lent: boolean
}

/** A write is not called slow before this. The others that wait for its slot must not take our silence for a stall. */
const MIN_LEND_MS = 500

/** Nor before so many times what a write usually takes. */
const SLOW_FACTOR = 4

/** Weight of the newest write in the usual time. */
const NEWEST_SHARE = 0.2

/**
 * Upload slots: as many messages of blocks are under way at a time. A partner that does not read would sit on a slot until
 * its connection breaks; so a slot whose write was overtaken by later ones, and takes long, is lent to others. Where
 * nothing at all gets through, the uplink may just be slow: then one slot is lent, and twice as many each time that did
 * not help.
 */
export class Slots<Holder extends SlotHolder> {
  readonly #count: number
  /** Bounded: by the bytes in flight of all partners. Oldest first. */
  readonly #holders = new Set<Holder>()
  #lent = 0
  #usualMs = 0
  #lastProgressAt = -Infinity
  #overtakenBefore = -Infinity
  #probes = 1

  constructor(count: number) {
    this.#count = Math.max(1, count)
  }

  get count(): number {
    return this.#count
  }

  get free(): number {
    return this.#count - (this.#holders.size - this.#lent)
  }

  /** Part of the slots that are in use when one more is taken, up to 1. */
  get load(): number {
    return Math.min(1, (this.#count - this.free + 1) / this.#count)
  }

  get size(): number {
    return this.#holders.size
  }

  holders(): IterableIterator<Holder> {
    return this.#holders.values()
  }

  /** A holder that is born `lent` takes no slot. */
  take(holder: Holder): void {
    if (this.#holders.size === 0) this.#lastProgressAt = holder.startedAt
    this.#holders.add(holder)
    if (holder.lent) this.#lent++
  }

  /** `written`: it got through, and tells how long that takes. False if it was released before. */
  release(holder: Holder, written: boolean, now: number): boolean {
    if (!this.#holders.delete(holder)) return false
    if (holder.lent) this.#lent--
    if (!written) return true
    const tookMs = now - holder.startedAt
    this.#usualMs = this.#usualMs === 0 ? tookMs : this.#usualMs + (tookMs - this.#usualMs) * NEWEST_SHARE
    this.#overtakenBefore = Math.max(this.#overtakenBefore, holder.startedAt)
    this.#lastProgressAt = now
    this.#probes = 1
    return true
  }

  /** When `lend` may find something; undefined if nothing can be lent. Ask while all slots are taken. */
  nextLendAt(): number | undefined {
    const oldest = this.#oldest()
    if (oldest === undefined) return undefined
    const slowAt = oldest.startedAt + this.#slowMs
    const isOvertaken = oldest.startedAt <= this.#overtakenBefore
    return isOvertaken ? slowAt : Math.max(slowAt, this.#lastProgressAt + this.#slowMs)
  }

  /** Lends the slots of slow writes; returns whose. */
  lend(now: number): readonly Holder[] {
    const slow: Holder[] = []
    const overtaken: Holder[] = []
    for (const holder of this.#holders) {
      if (holder.lent || now - holder.startedAt < this.#slowMs) continue
      slow.push(holder)
      if (holder.startedAt <= this.#overtakenBefore) overtaken.push(holder)
    }
    let lend: readonly Holder[] = overtaken
    if (lend.length === 0 && now - this.#lastProgressAt >= this.#slowMs) {
      lend = slow.slice(0, this.#probes)
      this.#probes *= 2
      this.#lastProgressAt = now
    }
    for (const holder of lend) holder.lent = true
    this.#lent += lend.length
    return lend
  }

  get #slowMs(): number {
    return Math.max(MIN_LEND_MS, SLOW_FACTOR * this.#usualMs)
  }

  #oldest(): Holder | undefined {
    for (const holder of this.#holders) if (!holder.lent) return holder
    return undefined
  }
}
