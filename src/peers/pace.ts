/** Limits of the window of wants at one peer. */
export interface PaceOptions {
  /** Wants in flight before anything is known. */
  readonly initialWindow: number
  /** Wants in flight at most. */
  readonly maxWindow: number
  /** Work to keep in flight, in milliseconds at the measured pace. */
  readonly horizonMs: number
  readonly stallRoundTrips: number
  readonly minStallMs: number
  readonly maxStallMs: number
}

/** Weight of the newest sample in the averages. */
const NEWEST = 0.3
/** Samples of the pace shorter than this are mostly noise: blocks come in batches. */
const MIN_SAMPLE_MS = 5
/** Bytes asked for and under way from one peer at most: what a slow consumer may have to hold. */
const MAX_WINDOW_BYTES = 64 * 1024 * 1024
/** Round trip assumed until one was seen, in milliseconds. */
const UNKNOWN_ROUND_TRIP_MS = 100
/** A peer gathers this much into one message; nothing of it can be seen before all of it is here. */
const BATCH_BYTES = 256 * 1024
/** How long a stalled peer is left alone, the first time and at most. */
const FIRST_COOLDOWN_MS = 5_000
const MAX_COOLDOWN_MS = 60_000

/**
 * How fast one peer answers, and how much it owes us. Counts blocks rather than requests, over all sessions, so that two
 * sessions do not both fill the same peer. All times are milliseconds of one monotonic clock.
 */
export class Pace {
  readonly #options: PaceOptions
  #outstanding = 0
  /** Blocks per millisecond; 0 until measured. */
  #rate = 0
  #blockBytes = 0
  #roundTripMs = 0
  /** When the peer last did something for us, or began to owe. */
  #progressAt = 0
  #sampleStart = 0
  #sampleBlocks = 0
  /** Set while the first answer after an idle time is awaited: its delay is a round trip. */
  #awaitingFirst = false
  #stalledUntil = 0
  #cooldownMs = 0

  constructor(options: PaceOptions) {
    this.#options = options
  }

  /** Blocks asked for and not answered. */
  get outstanding(): number {
    return this.#outstanding
  }

  get roundTripMs(): number {
    return this.#roundTripMs
  }

  /** Was the peer silent for too long while it owed us? Until it says something, or deserves another try. */
  isStalled(now: number): boolean {
    return now < this.#stalledUntil
  }

  /** Blocks per second, 0 until measured. */
  get blocksPerSecond(): number {
    return this.#rate * 1_000
  }

  /** Can more be asked of this peer without queueing too long behind its own work? */
  hasSlack(): boolean {
    return this.#outstanding < this.window()
  }

  window(): number {
    const { initialWindow, maxWindow, horizonMs } = this.#options
    if (this.#rate === 0) return Math.min(initialWindow, maxWindow)
    const byTime = this.#rate * (horizonMs + 2 * this.#roundTripMs)
    const byBytes = MAX_WINDOW_BYTES / Math.max(this.#blockBytes, 1)
    return Math.max(Math.min(byTime, byBytes, maxWindow), Math.min(initialWindow, byBytes, maxWindow), 1)
  }

  /** Expected time until one more block asked of this peer would be here. */
  expectedFinishMs(): number {
    const trip = this.#roundTripMs > 0 ? this.#roundTripMs : UNKNOWN_ROUND_TRIP_MS
    if (this.#rate === 0) return trip * (1 + this.#outstanding / this.#options.initialWindow)
    return trip + (this.#outstanding + 1) / this.#rate
  }

  /** When to give up on a peer that stays silent; Infinity while it owes nothing. */
  stalledAt(): number {
    if (this.#outstanding === 0) return Infinity
    const { stallRoundTrips, minStallMs, maxStallMs } = this.#options
    const silence = stallRoundTrips * this.#roundTripMs + 2 * this.#batchMs()
    const known = this.#roundTripMs > 0
    return this.#progressAt + (known ? Math.min(Math.max(silence, minStallMs), maxStallMs) : maxStallMs)
  }

  asked(now: number): void {
    if (this.#outstanding++ > 0) return
    this.#progressAt = now
    this.#sampleStart = now
    this.#sampleBlocks = 0
    this.#awaitingFirst = true
  }

  /** A block that was asked for arrived. */
  delivered(bytes: number, now: number): void {
    this.#progress(now)
    this.#outstanding = Math.max(0, this.#outstanding - 1)
    this.#blockBytes = this.#blockBytes === 0 ? bytes : this.#blockBytes + NEWEST * (bytes - this.#blockBytes)
    this.#sampleBlocks++
    const elapsed = now - this.#sampleStart
    if (elapsed < MIN_SAMPLE_MS) return
    const sample = this.#sampleBlocks / elapsed
    this.#rate = this.#rate === 0 ? sample : this.#rate + NEWEST * (sample - this.#rate)
    this.#sampleStart = now
    this.#sampleBlocks = 0
  }

  /** The peer answered without a block, or a want was taken back. */
  settled(): void {
    this.#outstanding = Math.max(0, this.#outstanding - 1)
  }

  /** The peer said something of use. */
  heard(now: number): void {
    this.#progress(now)
  }

  /** Too long silent: not to be asked for a while, and for longer each time. */
  stall(now: number): void {
    this.#cooldownMs = Math.min(Math.max(this.#cooldownMs * 2, FIRST_COOLDOWN_MS), MAX_COOLDOWN_MS)
    this.#stalledUntil = now + this.#cooldownMs
    this.#rate /= 2
  }

  /** A round trip as the transport measured it. */
  roundTrip(ms: number): void {
    this.#roundTripMs = this.#roundTripMs === 0 ? ms : this.#roundTripMs + NEWEST * (ms - this.#roundTripMs)
  }

  #progress(now: number): void {
    if (this.#awaitingFirst) {
      this.#awaitingFirst = false
      this.roundTrip(Math.max(now - this.#progressAt, 0.1))
    }
    this.#progressAt = now
    this.#stalledUntil = 0
    this.#cooldownMs = 0
  }

  /** Time one batch of the peer takes at its pace. */
  #batchMs(): number {
    if (this.#rate === 0 || this.#blockBytes === 0) return 0
    return Math.max(BATCH_BYTES / this.#blockBytes, 1) / this.#rate
  }
}
