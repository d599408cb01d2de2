/**
 * One partner's account. It counts block bytes and knows nothing of queues, stores or networks.
 *
 * Lifetime totals are exact and never decay. Beside them stand *recent* bytes, which lose half their weight every
 * half-life: the debt ratio is made of these, so that an old favour counts for less than a new one.
 */
import type { LedgerView } from '../exchange.ts'
import type { PeerId } from '../ids.ts'
import type { LedgerRecord } from '../ports.ts'

/** A `LedgerView` with the decayed bytes that its debt ratio is made of. */
export interface LedgerSnapshot extends LedgerView {
  readonly recentSent: number
  readonly recentReceived: number
}

/** The whitepaper's measure of what a partner owes: bytes sent / (bytes received + 1). More than 1: it took more. */
export function debtRatio(sent: number, received: number): number {
  return sent / (received + 1)
}

/** What is left of 1 after `elapsedMs`. A clock that went back decays nothing. */
export function decayFactor(elapsedMs: number, halfLifeMs: number): number {
  if (elapsedMs <= 0) return 1
  return halfLifeMs > 0 ? 2 ** (-elapsedMs / halfLifeMs) : 0
}

/** All times are milliseconds since 1970, because a ledger outlives its process. */
export class Ledger {
  readonly peer: PeerId
  readonly #halfLifeMs: number
  #bytesSent = 0
  #bytesReceived = 0
  #exchanges = 0
  #recentSent = 0
  #recentReceived = 0
  #updatedAt: number

  constructor(peer: PeerId, halfLifeMs: number, nowMs: number) {
    this.peer = peer
    this.#halfLifeMs = halfLifeMs
    this.#updatedAt = nowMs
  }

  /** Bytes of blocks that were written to the partner. */
  sent(bytes: number, blocks: number, nowMs: number): void {
    this.#decay(nowMs)
    this.#bytesSent += bytes
    this.#recentSent += bytes
    this.#exchanges += blocks
  }

  /** Bytes of blocks that we had asked for. */
  received(bytes: number, blocks: number, nowMs: number): void {
    this.#decay(nowMs)
    this.#bytesReceived += bytes
    this.#recentReceived += bytes
    this.#exchanges += blocks
  }

  /** Adds what was written down of this partner, by an earlier process. False, and no change, if it makes no sense. */
  restore(record: LedgerRecord, nowMs: number): boolean {
    const { bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt } = record
    const numbers = [bytesSent, bytesReceived, exchanges, recentSent, recentReceived, updatedAt]
    if (!numbers.every((value) => Number.isFinite(value) && value >= 0)) return false
    this.#decay(nowMs)
    const left = decayFactor(nowMs - updatedAt, this.#halfLifeMs)
    this.#bytesSent += bytesSent
    this.#bytesReceived += bytesReceived
    this.#exchanges += exchanges
    this.#recentSent += recentSent * left
    this.#recentReceived += recentReceived * left
    return true
  }

  get bytesSent(): number {
    return this.#bytesSent
  }

  get bytesReceived(): number {
    return this.#bytesReceived
  }

  recentSent(nowMs: number): number {
    return this.#recentSent * decayFactor(nowMs - this.#updatedAt, this.#halfLifeMs)
  }

  recentReceived(nowMs: number): number {
    return this.#recentReceived * decayFactor(nowMs - this.#updatedAt, this.#halfLifeMs)
  }

  debtRatio(nowMs: number): number {
    const left = decayFactor(nowMs - this.#updatedAt, this.#halfLifeMs)
    return debtRatio(this.#recentSent * left, this.#recentReceived * left)
  }

  snapshot(nowMs: number): LedgerSnapshot {
    const left = decayFactor(nowMs - this.#updatedAt, this.#halfLifeMs)
    return {
      peer: this.peer,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      exchanges: this.#exchanges,
      recentSent: this.#recentSent * left,
      recentReceived: this.#recentReceived * left,
      debtRatio: this.debtRatio(nowMs)
    }
  }

  /** What is written down. */
  record(): LedgerRecord {
    return {
      peer: this.peer,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      exchanges: this.#exchanges,
      recentSent: this.#recentSent,
      recentReceived: this.#recentReceived,
      updatedAt: this.#updatedAt
    }
  }

  #decay(nowMs: number): void {
    if (nowMs <= this.#updatedAt) return
    const left = decayFactor(nowMs - this.#updatedAt, this.#halfLifeMs)
    this.#recentSent *= left
    this.#recentReceived *= left
    this.#updatedAt = nowMs
  }
}
