/** Whom a message of blocks goes to, and how fast that took what it was sent of late. One for each partner. */
export interface SlotUser {
  /** Bytes a millisecond, as it took the last message of some size; 0 until it took one. */
  pace: number
  /** When that was. What it is sent at a time waits behind each other. */
  tookAt: number
  /** When a slot of it was last lent. */
  lentAt: number
}

/** A message of blocks that is being read or written. */
export interface SlotHolder {
  readonly partner: SlotUser
  readonly bytes: number
  readonly startedAt: number
  /** Its slot was lent to others. */
  lent: boolean
}

/** A write is not called slow before this. The others that wait for its slot must not take our silence for a stall. */
const MIN_LEND_MS = 500

/** Nor unless others are so many times faster, or it is so many times slower than it should be. */
const SLOW_FACTOR = 4

/** A message of less may show that a partner is fast, and never how fast it takes large ones: any line takes so much at once. */
const MIN_BYTES = 16 * 1024

/** A pace that is no longer reached by anybody is half forgotten after this. */
const PACE_HALF_LIFE_MS = 2_000

/** Longest time between two slots that are lent to see what happens. */
const MAX_TRIAL_MS = 8_000

/**
 * Upload slots: as many messages of blocks are under way at a time. A partner that takes little would sit on its slots, so
 * they are lent to others when somebody takes four times as much. Where all are equally slow the uplink may be what is
 * scarce, and more at a time would only make each slower. It may also be the partners: to know, one slot is lent now and
 * then, and the rest if whoever gets it is fast. Slots of those who are far slower than they were, or take nothing where
 * nobody did before, are lent one by one, and twice as many each time that nothing got through.
 */
export class Slots<Holder extends SlotHolder> {
  readonly #count: number
  /** Bounded: by the bytes in flight of all partners. Oldest first. */
  readonly #holders = new Set<Holder>()
  #lent = 0
  /** The best pace of late, and when it was seen. */
  #best = 0
  #bestAt = -Infinity
  /** Slots to be lent next of those that have stopped, and to see what happens when. */
  #probes = 1
  #trialMs = MIN_LEND_MS
  #trialAt = -Infinity
  #lookedAt = -Infinity

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
    if (this.#holders.size === 0) this.#trialMs = MIN_LEND_MS
    this.#holders.add(holder)
    if (holder.lent) this.#lent++
  }

  /** `written`: it got through, and tells how long that takes. False if it was released before. */
  release(holder: Holder, written: boolean, now: number): boolean {
    if (!this.#holders.delete(holder)) return false
    if (holder.lent) this.#lent--
    if (!written) return true
    const { partner, bytes } = holder
    const pace = bytes / Math.max(now - sinceWhen(holder), 1)
    if (bytes >= MIN_BYTES) partner.pace = pace
    partner.tookAt = now
    if (pace >= this.#bestOfLate(now)) {
      this.#best = pace
      this.#bestAt = now
    }
    this.#probes = 1
    return true
  }

  /** When `lend` may find something; undefined if nothing can be lent. Ask while all slots are taken. */
  nextLendAt(): number | undefined {
    const oldest = this.#oldest()
    return oldest && Math.max(oldest.startedAt, this.#lookedAt) + MIN_LEND_MS
  }

  /** Lends the slots of slow writes; returns whose. */
  lend(now: number): readonly Holder[] {
    this.#lookedAt = now
    const slow = this.#slow(now)
    for (const holder of slow) {
      holder.lent = true
      holder.partner.lentAt = now
    }
    this.#lent += slow.length
    return slow
  }

  #slow(now: number): readonly Holder[] {
    const held = [...this.#holders].filter(({ lent }) => !lent)
    const old = held.filter(({ startedAt }) => now - startedAt >= MIN_LEND_MS)
    const outpaced = new Set(old.filter((holder) => this.#isOutpaced(holder, now)).map(({ partner }) => partner))
    if (outpaced.size > 0) {
      this.#trialMs = MIN_LEND_MS
      return held.filter(({ partner }) => outpaced.has(partner))
    }
    const stopped = old.filter((holder) => this.#hasStopped(holder, now)).slice(0, this.#probes)
    if (stopped.length > 0) {
      this.#probes *= 2
      return stopped
    }
    if (now < this.#trialAt) return []
    this.#trialAt = now + this.#trialMs
    this.#trialMs = Math.min(2 * this.#trialMs, MAX_TRIAL_MS)
    return old.slice(0, 1)
  }

  /** A partner whose slot was lent would sit on another one as well: it has taken nothing since, or little. */
  wouldSit(partner: SlotUser, now: number): boolean {
    return partner.tookAt <= partner.lentAt || this.#isSlow(partner, now)
  }

  /** Somebody takes what they are sent several times as fast. */
  #isSlow({ pace }: SlotUser, now: number): boolean {
    return pace > 0 && this.#bestOfLate(now) >= SLOW_FACTOR * pace
  }

  /** Its partner is slow, or somebody was as much faster while this was its turn. */
  #isOutpaced(holder: Holder, now: number): boolean {
    if (this.#isSlow(holder.partner, now)) return true
    const since = sinceWhen(holder)
    return this.#bestAt > since && this.#best * (now - since) >= SLOW_FACTOR * Math.max(holder.bytes, MIN_BYTES)
  }

  #bestOfLate(now: number): number {
    return this.#best * 2 ** ((this.#bestAt - now) / PACE_HALF_LIFE_MS)
  }

  /** It takes several times as long as its partner did before; as anybody did, where that is not known. */
  #hasStopped(holder: Holder, now: number): boolean {
    const pace = holder.partner.pace || this.#best
    return (now - sinceWhen(holder)) * pace >= SLOW_FACTOR * Math.max(holder.bytes, MIN_BYTES) || pace === 0
  }

  #oldest(): Holder | undefined {
    for (const holder of this.#holders) if (!holder.lent) return holder
    return undefined
  }
}

/** Before, its partner was still taking another one. */
function sinceWhen({ partner, startedAt }: SlotHolder): number {
  return Math.max(startedAt, partner.tookAt)
}
