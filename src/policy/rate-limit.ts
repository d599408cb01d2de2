import { dropOldest } from '../drop-oldest.ts'

import { InvalidParametersError } from '../errors.ts'
import type { PeerId } from '../ids.ts'
import { TokenBucket } from '../token-bucket.ts'

/** Bytes in a second; 0 for no limit. */
export interface Rates {
  /** All peers together. */
  readonly total: number
  /** Each peer. */
  readonly perPeer: number
}

/** What may pass at once, as time at the limited pace: short, so that whoever measures a second sees the limit. */
const BURST_MS = 100
/** A message is not made smaller than this, however slow: most blocks are this large. */
const MIN_QUANTUM_BYTES = 16 * 1024
/** Peers that have a limit of their own. */
export const MAX_OWN_RATES = 1_024
/** Peers that left in debt and are remembered, lest they come back to be free of it. */
export const MAX_DEBTORS = 1_024

/**
 * The limits of pace for one direction. What passes is counted after the fact, for nobody can send half a block: a large
 * one makes a debt that is waited for. Pure: is told the time, in milliseconds.
 */
export class RateLimit {
  #rates: Rates = { total: 0, perPeer: 0 }
  #total: TokenBucket | undefined
  /** Instead of `perPeer`. Bounded: MAX_OWN_RATES. */
  readonly #own = new Map<PeerId, number>()
  /** Bounded: connected peers, and MAX_DEBTORS that are not. */
  readonly #peers = new Map<PeerId, TokenBucket>()
  /** Left in debt, oldest first. Bounded: MAX_DEBTORS. */
  readonly #left = new Set<PeerId>()

  get rates(): Rates {
    return this.#rates
  }

  get isLimited(): boolean {
    return this.#rates.total > 0 || this.#rates.perPeer > 0 || this.#own.size > 0
  }

  get isShared(): boolean {
    return this.#rates.total > 0
  }

  /** Bytes to send in one go, so that the limit is a slow flow and not gulps. */
  get quantum(): number {
    return Math.max(this.#slowest() / 4, MIN_QUANTUM_BYTES)
  }

  /** Takes what `checkLimits` lets pass. */
  set({ total, perPeer }: Rates, now: number): void {
    this.#rates = { total, perPeer }
    if (total === 0) this.#total = undefined
    else if (this.#total === undefined) this.#total = bucketOf(total, now)
    else this.#total.setRate(total, burstOf(total), now)
    for (const peer of [...this.#peers.keys()]) this.#adjust(peer, now)
  }

  /** The limit of this peer alone; undefined when it has none of its own. */
  own(peer: PeerId): number | undefined {
    return this.#own.get(peer)
  }

  /** Peers that have one. */
  owners(): Iterable<PeerId> {
    return this.#own.keys()
  }

  /** Throws `InvalidParametersError` where so many have one that no other peer can be given one. */
  checkRoom(peer: PeerId): void {
    if (this.#own.size < MAX_OWN_RATES || this.#own.has(peer)) return
    throw new InvalidParametersError(`${MAX_OWN_RATES} peers have limits of their own: take some back first`)
  }

  /** Gives a peer a limit of its own, 0 for none at all; undefined takes it back. */
  setOwn(peer: PeerId, rate: number | undefined, now: number): void {
    if (rate === undefined) this.#own.delete(peer)
    else this.#own.set(peer, rate)
    this.#adjust(peer, now)
  }

  readyAt(now: number): number {
    return this.#total?.readyAt(now) ?? now
  }

  peerReadyAt(peer: PeerId, now: number): number {
    return this.#peers.get(peer)?.readyAt(now) ?? now
  }

  take(peer: PeerId, bytes: number, now: number): void {
    this.#total?.refill(now)
    this.#total?.take(bytes)
    const rate = this.#rateOf(peer)
    if (rate === 0) return
    const bucket = this.#peers.get(peer) ?? bucketOf(rate, now)
    this.#peers.set(peer, bucket)
    this.#left.delete(peer)
    bucket.refill(now)
    bucket.take(bytes)
  }

  giveBack(peer: PeerId, bytes: number): void {
    this.#total?.giveBack(bytes)
    this.#peers.get(peer)?.giveBack(bytes)
  }

  /** The peer left. What it owes is remembered. */
  forget(peer: PeerId): void {
    const bucket = this.#peers.get(peer)
    if (bucket === undefined) return
    if (!bucket.isEmpty) {
      this.#peers.delete(peer)
      return
    }
    this.#left.delete(peer)
    this.#left.add(peer)
    const oldest = dropOldest(this.#left, MAX_DEBTORS)
    if (oldest !== undefined) this.#peers.delete(oldest)
  }

  #rateOf(peer: PeerId): number {
    return this.#own.get(peer) ?? this.#rates.perPeer
  }

  /** The limit of a peer may be another now. */
  #adjust(peer: PeerId, now: number): void {
    const rate = this.#rateOf(peer)
    if (rate > 0) {
      this.#peers.get(peer)?.setRate(rate, burstOf(rate), now)
      return
    }
    this.#peers.delete(peer)
    this.#left.delete(peer)
  }

  #slowest(): number {
    return Math.min(this.#rates.total || Infinity, this.#rates.perPeer || Infinity)
  }
}

function burstOf(perSecond: number): number {
  return Math.max(1, (perSecond * BURST_MS) / 1_000)
}

function bucketOf(perSecond: number, now: number): TokenBucket {
  return new TokenBucket(perSecond, burstOf(perSecond), now)
}
