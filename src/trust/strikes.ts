/** When a peer is banned, and for how long. */
export interface BanOptions {
  /** Strikes within the window that get a peer banned. */
  readonly strikes: number
  readonly strikeWindowMs: number
  /** Length of a first ban; each further one is twice as long, up to the longest. */
  readonly banMs: number
  readonly maxBanMs: number
}

/** A peer that behaved for so many longest bans begins anew. */
const FORGIVEN_AFTER = 7

/** The strikes of one peer, and its ban. Pure: is told the time, in milliseconds of a clock that only goes forward. */
export class Strikes {
  readonly #options: BanOptions
  /** Bounded: `strikes` of the options. */
  #times: number[] = []
  #bans = 0
  #until = -Infinity
  #reason = ''

  constructor(options: BanOptions) {
    this.#options = options
  }

  /** Bans so far that have not been forgiven. */
  get bans(): number {
    return this.#bans
  }

  get reason(): string {
    return this.#reason
  }

  /** Milliseconds for which the peer is still banned; 0 when it is not. */
  leftMs(now: number): number {
    return Math.max(0, this.#until - now)
  }

  /** Strikes that count now. */
  count(now: number): number {
    return this.#times.filter((at) => now - at < this.#options.strikeWindowMs).length
  }

  /** True when this one was one too many: the peer is banned from now on. */
  strike(reason: string, now: number): boolean {
    this.#times = [...this.#times.filter((at) => now - at < this.#options.strikeWindowMs), now]
    if (this.#times.length < this.#options.strikes || this.leftMs(now) > 0) return false
    const { banMs, maxBanMs } = this.#options
    if (this.#until > -Infinity && now - this.#until > FORGIVEN_AFTER * maxBanMs) this.#bans = 0
    this.ban(Math.min(banMs * 2 ** this.#bans, maxBanMs), reason, now)
    this.#bans++
    return true
  }

  ban(forMs: number, reason: string, now: number): void {
    this.#times = []
    this.#until = now + forMs
    this.#reason = reason
  }

  lift(now: number): void {
    this.#times = []
    this.#until = Math.min(this.#until, now)
  }

  /** What an earlier process wrote down. `leftMs` is 0 for a ban that is over: how long it has been is not known. */
  restore(bans: number, leftMs: number, reason: string, now: number): void {
    this.#bans = Math.max(this.#bans, bans)
    if (leftMs > 0) this.ban(leftMs, reason, now)
    else if (bans > 0) this.#until = Math.max(this.#until, now)
  }
}
