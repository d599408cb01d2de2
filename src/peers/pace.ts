import { MAX_MESSAGE_MS } from '../message/limits.ts'
import type { PartialMessage } from '../ports.ts'

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

export interface PaceHooks {
  /** Called whenever the peer begins to owe us something, and whenever it owes less: does it still? */
  readonly owes?: (owes: boolean) => void
  /** Blocks of this size, in bytes (0: not known yet), that may be in flight for reasons that lie with us. */
  readonly limit?: (blockBytes: number) => number
}

/** Weight of the newest sample in an average. */
const NEWEST = 0.3
/** A pace that is no longer reached is forgotten over about this long, in milliseconds, and over ten round trips. */
const RATE_MEMORY_MS = 2_000
/** A round trip that is no longer seen is forgotten over about this long, in milliseconds. */
const TRIP_MEMORY_MS = 10_000
/** Bytes asked for and under way from one peer at most: what a slow consumer may have to hold. */
const MAX_WINDOW_BYTES = 64 * 1024 * 1024
/** Round trip assumed until one was seen, in milliseconds. */
const UNKNOWN_TRIP_MS = 100
/** Our own queue at a peer looks like a longer way; this is as long as a window is made for it, in milliseconds. */
const MAX_TRIP_MS = 500
/** No clock tells less than this from nothing, in milliseconds. */
const MIN_TRIP_MS = 0.1
/** A long silence that was no stall is forgotten over about this long, in milliseconds. */
const GAP_MEMORY_MS = 5_000
/** Beside its round trips, what a peer of unknown pace has for a first batch, in milliseconds: two at 170 kB/s. */
const FIRST_BATCHES_MS = 3_000
/** A peer gathers this much into one message; nothing of it can be seen before all of it is here. */
const BATCH_BYTES = 256 * 1024
/** How long a stalled peer is left alone, the first time and at most. */
const FIRST_COOLDOWN_MS = 5_000
const MAX_COOLDOWN_MS = 60_000
/** Blocks asked of a peer of unknown pace that others need as well, by all of them together. */
const FIRST_LEAN_BLOCKS = 12
/** Blocks that tell the pace of such a peer; the first one is often small. */
const LEAN_SAMPLES = 2
/** Beside two round trips, the work to keep in flight at such a peer, in milliseconds. */
const LEAN_HORIZON_MS = 50
/** Of what is asked of a peer, what it may have handed to its network: so many batches of ours, each of a block at least. */
const UNDER_WAY_BATCHES = 2
/** A window that was full is filled up again when this part of it is still in flight. */
const REFILL_AT = 0.75

/** One block asked of one peer, at a time in milliseconds. */
export interface Ask {
  readonly at: number
  /** Blocks the peer had delivered by then: what it delivers until this one arrives shows its pace. */
  readonly delivered: number
}

/**
 * How fast one peer answers, and how much it owes us, over all sessions: two sessions do not both fill the same peer.
 * The pace is the best that was seen of late, and the round trip the shortest, as in congestion control by delivery rate
 * (BBR, Cardwell et al. 2016): our own queue at the peer blurs neither. Times are milliseconds of one monotonic clock.
 */
export class Pace {
  readonly #options: PaceOptions
  readonly #hooks: PaceHooks
  #outstanding = 0
  #delivered = 0
  /** Blocks per millisecond; 0 until measured. */
  #rate = 0
  #blockBytes = 0
  /** 0 until measured. */
  #tripMs = 0
  /** When the peer last did something for us, or began to owe. */
  #progressAt = 0
  #sampledAt = 0
  /** What the unfinished message of the peer takes in all, by its pace so far, in milliseconds; 0 when there is none. */
  #messageMs = 0
  /** How much of it was here when it last got on. */
  #part: PartialMessage | undefined
  /** Longest silence of late that ended with something of use, in milliseconds. */
  #gapMs = 0
  /** It was given up on, and has said nothing since. */
  #givenUp = false
  #stalledUntil = 0
  #cooldownMs = 0
  /** Messages of the peer whose blocks are being stored. */
  #unread = 0
  #refilling = true

  constructor(options: PaceOptions, hooks: PaceHooks = {}) {
    this.#options = options
    this.#hooks = hooks
  }

  /** Blocks asked for and not answered. */
  get outstanding(): number {
    return this.#outstanding
  }

  /** Shortest time of late from asking to having, in milliseconds; 0 until measured. */
  get roundTripMs(): number {
    return this.#tripMs
  }

  /** Blocks per second, 0 until measured. */
  get blocksPerSecond(): number {
    return this.#rate * 1_000
  }

  /** Bytes per second, 0 until measured. */
  get bytesPerSecond(): number {
    return this.#rate * this.#blockBytes * 1_000
  }

  /** When the peer last delivered a block that it was asked for. */
  get deliveredAt(): number {
    return this.#sampledAt
  }

  /** Was the peer silent for too long while it owed us? Until it says something, or deserves another try. */
  isStalled(now: number): boolean {
    return now < this.#stalledUntil
  }

  /**
   * Can more be asked of this peer without queueing too long behind its own work? Once the window is full, not before a
   * part of it is free: many wants in one message cost little more than one.
   */
  hasSlack(): boolean {
    const window = this.window()
    if (this.#outstanding >= window) this.#refilling = false
    else if (this.#outstanding <= window * REFILL_AT) this.#refilling = true
    return this.#refilling
  }

  /** Blocks to keep in flight: what the peer delivers in two round trips and the horizon. Doubles while it keeps up. */
  window(): number {
    const { initialWindow, maxWindow, horizonMs } = this.#options
    const byBytes = MAX_WINDOW_BYTES / Math.max(this.#blockBytes, 1)
    const byTime = this.#rate * (horizonMs + 2 * Math.min(this.#tripMs, MAX_TRIP_MS))
    const byLimit = this.#hooks.limit?.(this.#blockBytes) ?? Infinity
    return Math.max(Math.min(Math.max(byTime, initialWindow), byBytes, byLimit, maxWindow), 1)
  }

  /** The same, for a peer that so many others need as well: no more than keeps it busy, however little that is. */
  leanWindow(others: number): number {
    const byTime =
      this.#delivered < LEAN_SAMPLES
        ? FIRST_LEAN_BLOCKS / (others + 1)
        : this.#rate * (LEAN_HORIZON_MS + 2 * Math.min(this.#tripMs, MAX_TRIP_MS))
    return Math.max(Math.floor(Math.min(byTime, this.window())), 1)
  }

  /** Blocks asked for that may be on their way, so that taking the want back is in vain. */
  underWay(): number {
    return UNDER_WAY_BATCHES * Math.ceil(BATCH_BYTES / (this.#blockBytes === 0 ? BATCH_BYTES : this.#blockBytes))
  }

  /** Expected time until one more block asked of this peer would be here. */
  expectedFinishMs(): number {
    const trip = this.#tripMs > 0 ? this.#tripMs : UNKNOWN_TRIP_MS
    const finishMs =
      this.#rate === 0
        ? trip * (1 + this.#outstanding / this.#options.initialWindow)
        : Math.min(trip, MAX_TRIP_MS) + (this.#outstanding + 1) / this.#rate
    return Math.max(finishMs, this.#messageMs)
  }

  /** How long a block asked for then should take in all, behind what was asked before and delivered since. */
  expectedInAllMs(ask: Ask): number {
    return this.expectedFinishMs() + (this.#rate === 0 ? 0 : (this.#delivered - ask.delivered) / this.#rate)
  }

  /** When to give up on a peer that stays silent; Infinity while it owes nothing. */
  stalledAt(): number {
    if (this.#tripMs === 0) return this.#silentUntil(Infinity)
    return this.#silentUntil(this.#rate === 0 ? FIRST_BATCHES_MS : 2 * this.#batchMs())
  }

  /** From when on its silence is worth a second copy: that of a stall, but for the time that its batches may take. */
  hangsAt(): number {
    return this.#silentUntil(0)
  }

  #silentUntil(batchesMs: number): number {
    if (this.#outstanding === 0 || this.#unread > 0) return Infinity
    const { stallRoundTrips, minStallMs, maxStallMs } = this.#options
    const silence = stallRoundTrips * this.#tripMs + batchesMs
    return this.#progressAt + Math.min(Math.max(silence, 2 * this.#gapMs, minStallMs), maxStallMs)
  }

  asked(now: number): Ask {
    if (this.#outstanding++ === 0) {
      this.#progressAt = now
      this.#hooks.owes?.(true)
    }
    return { at: now, delivered: this.#delivered }
  }

  /** A block that was asked for arrived. */
  delivered(ask: Ask, bytes: number, now: number): void {
    this.heard(now)
    this.settled()
    this.#delivered++
    this.#sized(bytes)
    const tookMs = Math.max(now - ask.at, MIN_TRIP_MS)
    const sinceMs = now - this.#sampledAt
    this.#sampledAt = now
    const rate = (this.#delivered - ask.delivered) / tookMs
    const memoryMs = RATE_MEMORY_MS + 10 * this.#tripMs
    this.#rate = Math.max(rate, this.#rate - (this.#rate - rate) * Math.min(1, sinceMs / memoryMs))
    if (this.#tripMs === 0 || tookMs < this.#tripMs) this.#tripMs = tookMs
    else this.#tripMs += (tookMs - this.#tripMs) * Math.min(1, sinceMs / TRIP_MEMORY_MS)
  }

  /** Larger blocks than before come at the same bytes a millisecond, not at the same blocks. */
  #sized(bytes: number): void {
    const before = this.#blockBytes
    this.#blockBytes = before === 0 ? bytes : before + NEWEST * (bytes - before)
    if (before > 0 && this.#blockBytes > before) this.#rate *= before / this.#blockBytes
  }

  /** The peer answered without a block, or a want was taken back. */
  settled(): void {
    if (this.#outstanding > 0) this.#outstanding--
    this.#hooks.owes?.(this.#outstanding > 0)
  }

  /** A part of a message is here, and at the pace of late all of it would be in time: the peer is slow, but not silent. */
  receiving(part: PartialMessage, now: number): void {
    const { bytes, totalBytes, ms } = part
    const last = this.#part
    const isSame = last?.totalBytes === totalBytes && last.bytes <= bytes && last.ms <= ms
    const [cameBytes, tookMs] = isSame ? [bytes - last.bytes, ms - last.ms] : [bytes, ms]
    if (this.#outstanding === 0 || cameBytes * MAX_MESSAGE_MS < totalBytes * tookMs) return
    this.#part = part
    this.#measureGap(now)
    this.#progressAt = now
    this.#messageMs = (ms * totalBytes) / Math.max(bytes, 1)
  }

  /** The peer said something of use. */
  heard(now: number): void {
    this.#measureGap(now)
    this.#progressAt = now
    this.#messageMs = 0
    this.#part = undefined
    this.#stalledUntil = 0
    this.#cooldownMs = 0
  }

  /** While we are busy with what it sent, its silence is of our making. */
  unread(): void {
    this.#unread++
  }

  read(now: number): void {
    this.#unread--
    this.#progressAt = now
  }

  /** Too long silent: not to be asked for a while, longer each time, and given more time when it is asked again. */
  stall(now: number): void {
    this.#givenUp = true
    this.#messageMs = 0
    this.#part = undefined
    this.#cooldownMs = Math.min(Math.max(this.#cooldownMs * 2, FIRST_COOLDOWN_MS), MAX_COOLDOWN_MS)
    this.#stalledUntil = now + this.#cooldownMs
    this.#rate /= 2
    this.#tripMs *= 2
  }

  /** A round trip as the transport measured it, to begin with. */
  roundTrip(ms: number): void {
    this.#tripMs = Math.max(ms, MIN_TRIP_MS)
  }

  /** How long a peer is silent between two messages, however large, shows in those silences that came to an end. */
  #measureGap(now: number): void {
    if (this.#outstanding === 0 && !this.#givenUp) return
    this.#givenUp = false
    // Longer ones would not count for more.
    const gap = Math.min(now - this.#progressAt, this.#options.maxStallMs / 2)
    const faded = this.#gapMs + (gap - this.#gapMs) * Math.min(1, gap / GAP_MEMORY_MS)
    this.#gapMs = Math.max(gap, faded)
  }

  /** Time one batch of the peer takes at its pace. */
  #batchMs(): number {
    return this.#blockBytes === 0 ? 0 : Math.max(BATCH_BYTES / this.#blockBytes, 1) / this.#rate
  }
}
