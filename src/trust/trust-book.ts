import { InvalidParametersError } from '../errors.ts'
import type { ExchangeTrust, TrustView } from '../exchange.ts'
import { toPeerId, type PeerId, type PeerIdLike } from '../ids.ts'
import type { TrustOptions } from '../options.ts'
import type { Clock, Logger, TrustRecord, TrustStore } from '../ports.ts'
import { RecordBook } from '../record-book.ts'
import { worth } from './score.ts'
import { Trust, type Measure } from './trust.ts'

/** What was exchanged with a peer. */
export interface Account {
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly recentReceived: number
  readonly debtRatio: number
}

export interface TrustBookParts {
  /** This peer, which cannot be banned. */
  readonly self?: PeerId | undefined
  /** Where it survives a restart; without it, it lives as long as the book. */
  readonly store?: TrustStore | undefined
  readonly clock: Clock
  readonly logger: Logger
  readonly accounts: { get(peer: PeerId): Account | undefined }
  /** How fast a connected peer is now. */
  readonly measure: (peer: PeerId) => Measure | undefined
  /** A peer was banned, or is no longer. */
  readonly changed: (peer: PeerId) => void
}

const NO_ACCOUNT: Account = { bytesSent: 0, bytesReceived: 0, recentReceived: 0, debtRatio: 0 }

/** The score of a peer of which nothing is known. */
const UNKNOWN_SCORE = 0.5

/**
 * What is known of all peers, and the only place where one is banned. A record begins with the first thing worth
 * remembering; those of connected and of banned peers are the last to be forgotten.
 */
export class TrustBook implements ExchangeTrust {
  readonly #parts: TrustBookParts
  readonly #options: TrustOptions
  readonly #records: RecordBook<Trust, TrustRecord>
  /** When the last of all bans ends, or ended, in milliseconds. */
  #bansEndAt = -Infinity

  constructor(parts: TrustBookParts, options: TrustOptions) {
    this.#parts = parts
    this.#options = options
    const { store, clock, logger } = parts
    this.#records = new RecordBook({
      store,
      clock,
      logger,
      what: 'trust in peers',
      flushMs: options.flushMs,
      max: options.maxPeers,
      make: (peer) => new Trust(peer, options.halfLifeMs, options, clock.now()),
      recordOf: (trust) => this.#recordOf(trust),
      restore: (trust, record) => this.#restore(trust, record),
      isSpared: (peer) => this.isBanned(peer)
    })
  }

  /** Reads what is stored, the first time. Rejects when that fails: going on would overwrite it. */
  start(): Promise<void> {
    return this.#records.start()
  }

  stop(): Promise<void> {
    return this.#records.stop()
  }

  connected(peer: PeerId): void {
    this.#records.connected(peer)
  }

  /** What was measured of it is kept, if it is known at all. */
  disconnected(peer: PeerId): void {
    this.#records.disconnected(peer)
    if (this.#records.get(peer) !== undefined) this.#measure(this.#records.change(peer))
  }

  // ── what peers do ──────────────────────────────────────────────────────────────────────────────────────────────

  delivered(peer: PeerId): void {
    this.#records.change(peer).delivered(this.#parts.clock.now())
  }

  broke(peer: PeerId): void {
    this.#records.change(peer).broke(this.#parts.clock.now())
  }

  mismatched(peer: PeerId): void {
    const reason = 'it sent blocks that are not what they should be'
    const isBanned = this.#records.change(peer).mismatched(reason, this.#parts.clock.now())
    if (isBanned) this.#banned(peer)
  }

  /** The peer broke a rule of the wire. */
  struck(peer: PeerId, reason: string): void {
    const isBanned = this.#records.change(peer).strikes.strike(reason, this.#parts.clock.now())
    if (isBanned) this.#banned(peer)
  }

  // ── what is made of it ─────────────────────────────────────────────────────────────────────────────────────────

  isBanned(peer: PeerId): boolean {
    const now = this.#parts.clock.now()
    return now < this.#bansEndAt && (this.#records.get(peer)?.strikes.leftMs(now) ?? 0) > 0
  }

  /** 0 to 1; 0.5 for a stranger. */
  score(peer: PeerId): number {
    return this.#records.get(peer)?.score() ?? UNKNOWN_SCORE
  }

  /** What its connection is worth, 0 to 100. */
  worth(peer: PeerId): number {
    const received = this.#parts.accounts.get(peer)?.recentReceived ?? 0
    return received === 0 ? 0 : worth(this.score(peer), received)
  }

  /** How fast the peer was when it was here last; undefined when nothing is known. */
  pastMeasure(peer: PeerId): Measure | undefined {
    return this.#records.get(peer)?.measure
  }

  of(named: PeerIdLike): TrustView | undefined {
    const trust = this.#records.get(toPeerId(named))
    return trust === undefined ? undefined : this.#view(trust)
  }

  all(): readonly TrustView[] {
    return Array.from(this.#records.values(), (trust) => this.#view(trust))
  }

  bannedPeers(): readonly PeerId[] {
    const now = this.#parts.clock.now()
    if (now >= this.#bansEndAt) return []
    return Array.from(this.#records.values(), ({ peer }) => peer).filter((peer) => this.isBanned(peer))
  }

  ban(named: PeerIdLike, options: { readonly forMs?: number; readonly reason?: string } = {}): void {
    const peer = toPeerId(named)
    if (peer === this.#parts.self) {
      throw new InvalidParametersError(`${peer} is this peer itself, which cannot be banned`)
    }
    const { forMs = this.#options.banMs, reason = 'by hand' } = options
    if (!(forMs > 0 && Number.isFinite(forMs))) {
      throw new InvalidParametersError(
        `a ban for ${forMs} ms: expected a number above 0; for good, deny the peer by a rule`
      )
    }
    this.#records.change(peer).strikes.ban(forMs, reason, this.#parts.clock.now())
    this.#banned(peer)
  }

  unban(named: PeerIdLike): boolean {
    const peer = toPeerId(named)
    if (!this.isBanned(peer)) return false
    this.#records.change(peer).strikes.lift(this.#parts.clock.now())
    this.#parts.changed(peer)
    return true
  }

  // ── the book ───────────────────────────────────────────────────────────────────────────────────────────────────

  #banned(peer: PeerId): void {
    const { logger, changed, clock } = this.#parts
    const strikes = this.#records.get(peer)?.strikes
    const forMs = strikes?.leftMs(clock.now()) ?? 0
    this.#bansEndAt = Math.max(this.#bansEndAt, clock.now() + forMs)
    logger.warn('a peer is banned', { peer, reason: strikes?.reason, forMs: Math.round(forMs) })
    changed(peer)
  }

  #view(trust: Trust): TrustView {
    const now = this.#parts.clock.now()
    this.#measure(trust)
    const { latencyMs, bytesPerSecond } = trust.measure
    const { delivered, broken, mismatches } = trust.conduct(now)
    const { bytesSent, bytesReceived, debtRatio } = this.#parts.accounts.get(trust.peer) ?? NO_ACCOUNT
    const leftMs = trust.strikes.leftMs(now)
    return {
      peer: trust.peer,
      score: trust.score(),
      delivered,
      brokenPromises: broken,
      mismatches,
      latencyMs: latencyMs > 0 ? latencyMs : undefined,
      bytesPerSecond: bytesPerSecond > 0 ? bytesPerSecond : undefined,
      bytesSent,
      bytesReceived,
      debtRatio,
      worth: this.worth(trust.peer),
      strikes: trust.strikes.count(now),
      banned: leftMs > 0 ? { reason: trust.strikes.reason, leftMs } : undefined
    }
  }

  #measure(trust: Trust): void {
    const measured = this.#parts.measure(trust.peer)
    if (measured !== undefined) trust.measured(measured)
  }

  #recordOf(trust: Trust): TrustRecord {
    const { clock } = this.#parts
    this.#measure(trust)
    const leftMs = trust.strikes.leftMs(clock.now())
    const updatedAt = clock.epochMs()
    return {
      peer: trust.peer,
      ...trust.conduct(clock.now()),
      ...trust.measure,
      bans: trust.strikes.bans,
      bannedUntil: leftMs > 0 ? updatedAt + leftMs : 0,
      reason: leftMs > 0 ? trust.strikes.reason : '',
      updatedAt
    }
  }

  #restore(trust: Trust, record: TrustRecord): boolean {
    const now = this.#parts.clock.now()
    const epoch = this.#parts.clock.epochMs()
    const ageMs = epoch - record.updatedAt
    // No longer than it was when it was written, whatever became of the clock.
    const banLeftMs = Math.min(record.bannedUntil - epoch, record.bannedUntil - record.updatedAt)
    if (!trust.restore({ ...record, ageMs, banLeftMs }, now)) return false
    this.#bansEndAt = Math.max(this.#bansEndAt, now + trust.strikes.leftMs(now))
    return true
  }
}
