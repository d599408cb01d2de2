import { InvalidParametersError } from '../errors.ts'
import type { ExchangeTrust, TrustView } from '../exchange.ts'
import { toPeerId, type PeerId, type PeerIdLike } from '../ids.ts'
import type { TrustOptions } from '../options.ts'
import type { Clock, Logger, TrustRecord, TrustStore } from '../ports.ts'
import { readNewest, RecordWriter } from '../record-writer.ts'
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
 * remembering. Changed records are written together, every `flushMs`.
 */
export class TrustBook implements ExchangeTrust {
  readonly #parts: TrustBookParts
  readonly #options: TrustOptions
  /** Bounded: `maxPeers`; least recently used first, and that one is forgotten. */
  readonly #records = new Map<PeerId, Trust>()
  /** Bounded: connected peers. Their records, and those of banned peers, are the last to be forgotten. */
  readonly #connected = new Set<PeerId>()
  readonly #writer: RecordWriter<TrustRecord>
  /** When the last of all bans ends, or ended, in milliseconds. */
  #bansEndAt = -Infinity
  #restored = false

  constructor(parts: TrustBookParts, options: TrustOptions) {
    this.#parts = parts
    this.#options = options
    const { store, clock, logger } = parts
    this.#writer = new RecordWriter({
      store,
      clock,
      logger,
      what: 'trust in peers',
      flushMs: options.flushMs,
      maxForgotten: options.maxPeers,
      recordOf: (peer) => this.#recordOf(peer)
    })
  }

  /** Reads what is stored, the first time. Rejects when that fails: going on would overwrite it. */
  async start(): Promise<void> {
    const { store } = this.#parts
    if (store !== undefined && !this.#restored) this.#restore(await readNewest(store, this.#options.maxPeers))
    this.#writer.start()
  }

  stop(): Promise<void> {
    return this.#writer.stop()
  }

  connected(peer: PeerId): void {
    this.#connected.add(peer)
  }

  /** What was measured of it is kept, if it is known at all. */
  disconnected(peer: PeerId): void {
    this.#connected.delete(peer)
    const trust = this.#records.get(peer)
    if (trust === undefined) return
    this.#measure(trust)
    // It was of use until now, and is the last to be forgotten of those that left.
    this.#records.delete(peer)
    this.#records.set(peer, trust)
    this.#writer.changed(peer)
  }

  // ── what peers do ──────────────────────────────────────────────────────────────────────────────────────────────

  delivered(peer: PeerId): void {
    this.#touch(peer).delivered(this.#parts.clock.now())
    this.#writer.changed(peer)
  }

  broke(peer: PeerId): void {
    this.#touch(peer).broke(this.#parts.clock.now())
    this.#writer.changed(peer)
  }

  mismatched(peer: PeerId): void {
    const reason = 'it sent blocks that are not what they should be'
    const isBanned = this.#touch(peer).mismatched(reason, this.#parts.clock.now())
    this.#writer.changed(peer)
    if (isBanned) this.#banned(peer)
  }

  /** The peer broke a rule of the wire. */
  struck(peer: PeerId, reason: string): void {
    const isBanned = this.#touch(peer).strikes.strike(reason, this.#parts.clock.now())
    this.#writer.changed(peer)
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
    this.#touch(peer).strikes.ban(forMs, reason, this.#parts.clock.now())
    this.#writer.changed(peer)
    this.#banned(peer)
  }

  unban(named: PeerIdLike): boolean {
    const peer = toPeerId(named)
    if (!this.isBanned(peer)) return false
    this.#records.get(peer)?.strikes.lift(this.#parts.clock.now())
    this.#writer.changed(peer)
    this.#parts.changed(peer)
    return true
  }

  // ── the book ───────────────────────────────────────────────────────────────────────────────────────────────────

  #banned(peer: PeerId): void {
    const { logger, changed, clock } = this.#parts
    const strikes = this.#records.get(peer)?.strikes
    const forMs = strikes?.leftMs(clock.now()) ?? 0
    this.#bansEndAt = Math.max(this.#bansEndAt, clock.now() + forMs)
    logger.warn('a peer is banned', { peer, reason: strikes?.reason, forMs })
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

  #touch(peer: PeerId): Trust {
    const known = this.#records.get(peer)
    if (known !== undefined && this.#connected.has(peer)) return known
    const trust = known ?? this.#make(peer)
    this.#records.delete(peer)
    this.#records.set(peer, trust)
    if (known === undefined) this.#makeRoom()
    return trust
  }

  #make(peer: PeerId): Trust {
    return new Trust(peer, this.#options.halfLifeMs, this.#options, this.#parts.clock.now())
  }

  /** Forgets the least recently used; a connected or banned one only when all are. */
  #makeRoom(): void {
    if (this.#records.size <= this.#options.maxPeers) return
    let oldest: PeerId | undefined
    for (const peer of this.#records.keys()) {
      oldest ??= peer
      if (this.#connected.has(peer) || this.isBanned(peer)) continue
      this.#forget(peer)
      return
    }
    if (oldest !== undefined) this.#forget(oldest)
  }

  #forget(peer: PeerId): void {
    this.#records.delete(peer)
    this.#writer.forgotten(peer)
  }

  #recordOf(peer: PeerId): TrustRecord | undefined {
    const trust = this.#records.get(peer)
    if (trust === undefined) return undefined
    const { clock } = this.#parts
    this.#measure(trust)
    const leftMs = trust.strikes.leftMs(clock.now())
    const updatedAt = clock.epochMs()
    return {
      peer,
      ...trust.conduct(clock.now()),
      ...trust.measure,
      bans: trust.strikes.bans,
      bannedUntil: leftMs > 0 ? updatedAt + leftMs : 0,
      reason: leftMs > 0 ? trust.strikes.reason : '',
      updatedAt
    }
  }

  #restore(records: readonly TrustRecord[]): void {
    this.#restored = true
    const now = this.#parts.clock.now()
    const epoch = this.#parts.clock.epochMs()
    for (const record of records) {
      const trust = this.#records.get(record.peer) ?? this.#make(record.peer)
      const ageMs = epoch - record.updatedAt
      // No longer than it was when it was written, whatever became of the clock.
      const banLeftMs = Math.min(record.bannedUntil - epoch, record.bannedUntil - record.updatedAt)
      if (trust.restore({ ...record, ageMs, banLeftMs }, now)) {
        this.#records.set(record.peer, trust)
        this.#bansEndAt = Math.max(this.#bansEndAt, now + trust.strikes.leftMs(now))
      } else this.#parts.logger.warn('what is stored of a peer is damaged and left out', { record })
    }
  }
}
