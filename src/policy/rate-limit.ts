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
/** Peers that left in debt and are remembered, lest they come back to be free of it. */
export const MAX_DEBTORS = 1_024

/**
 * The limits of pace for one direction. What passes is counted after the fact, for nobody can send half a block: a large
 * one makes a debt that is waited for. Pure: is told the time, in milliseconds.
 */
export class RateLimit {
  #rates: Rates = { total: 0, perPeer: 0 }
  #total: TokenBucket | undefined
  /** Bounded: connected peers, and MAX_DEBTORS that are not. */
  readonly #peers = new Map<PeerId, TokenBucket>()
  /** Left in debt, oldest first. Bounded: MAX_DEBTORS. */
  readonly #left = new Set<PeerId>()

  get rates(): Rates {
    return this.#rates
  }

  get isLimited(): boolean {
    return this.#rates.total > 0 || this.#rates.perPeer > 0
  }

  get isShared(): boolean {
    return this.#rates.total > 0
  }

  /** Bytes to send in one go, so that the limit is a slow flow and not gulps. */
  get quantum(): number {
    return Math.max(this.#slowest() / 4, MIN_QUANTUM_BYTES)
  }

  /** The limits as they will be when those that are given change; throws `InvalidParametersError`. */
  check(given: { readonly [Name in keyof Rates]: number | undefined }): Rates {
    const rates = { total: given.total ?? this.#rates.total, perPeer: given.perPeer ?? this.#rates.perPeer }
    for (const rate of [rates.total, rates.perPeer]) {
      if (!(rate >= 0 && Number.isFinite(rate))) {
        throw new InvalidParametersError(`a limit of ${rate} bytes a second: expected a number, 0 for no limit`)
      }
    }
    return rates
  }

  set({ total, perPeer }: Rates, now: number): void {
    this.#rates = { total, perPeer }
    if (total === 0) this.#total = undefined
    else if (this.#total === undefined) this.#total = bucketOf(total, now)
    else this.#total.setRate(total, burstOf(total), now)
    if (perPeer === 0) {
      this.#peers.clear()
      this.#left.clear()
    }
    for (const bucket of this.#peers.values()) bucket.setRate(perPeer, burstOf(perPeer), now)
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
    if (this.#rates.perPeer === 0) return
    const bucket = this.#peers.get(peer) ?? bucketOf(this.#rates.perPeer, now)
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
    const [oldest] = this.#left
    if (this.#left.size <= MAX_DEBTORS || oldest === undefined) return
    this.#left.delete(oldest)
    this.#peers.delete(oldest)
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
