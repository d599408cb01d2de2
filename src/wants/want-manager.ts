import type { CID } from 'multiformats/cid'
import { cidKey, rememberKey, type CidKey, type PeerId } from '../ids.ts'
import type { Message, WantType } from '../message/message.ts'
import type { Clock, PeerFeatures, Timer } from '../ports.ts'
import type { WantOptions } from '../options.ts'
import { Seekers } from './seekers.ts'
import { ToldWants } from './told.ts'
import { WantTable, type Ask, type Holder, type Want } from './want-table.ts'

/** Whom the WantManager tells that a peer's wantlist has news to send. */
export interface WantlistSender {
  wantlistChanged(peer: PeerId): void
}

/** Counts what a peer owes us. */
export interface Debtor {
  asked(now: number): Ask
  delivered(ask: Ask, bytes: number, now: number): void
  settled(): void
  heard(now: number): void
}

/** What is kept of peers and their answers. */
export interface PeerEvidence {
  pace(peer: PeerId): Debtor | undefined
  presence(peer: PeerId, key: CidKey): 'have' | 'unknown' | 'dont-have'
  /** A peer did what it was asked for; or it said "have", and did not. */
  kept(peer: PeerId): void
  broke(peer: PeerId, how: 'denied' | 'silent'): void
  /** A peer that was asked later has sent what this one still owes. */
  overtaken(peer: PeerId): void
  recordPresence(peer: PeerId, key: CidKey, have: boolean): void
  forgetBlock(key: CidKey): void
}

export interface WantManagerParts {
  readonly sender: WantlistSender
  readonly peers: PeerEvidence
  readonly clock: Pick<Clock, 'now' | 'setTimer'>
  /** No cancel waits for other news to go along with: what other clients send is as it was published. */
  readonly cancelsAtOnce?: boolean
  /** Cancel also at the peer that sent the block, which knows already: as Boxo does, to measure it. */
  readonly cancelsSender?: boolean
}

/**
 * How long a cancel waits for company, in milliseconds, where the peer was only asked whether it has the block.
 * Most cancels are of that kind: where many peers fetch the same, each has told all others what it wants.
 */
export const CANCEL_WAIT_MS = 500

interface Told {
  readonly wants: ToldWants
  readonly features: PeerFeatures
}

/**
 * What we want, for whom, and what each connected peer has been told of it. It asks whom the sessions choose; it never
 * chooses. The last release of a want is a cancel to every peer that was told (invariants 2 and 3).
 */
export class WantManager {
  readonly table = new WantTable()
  readonly seekers = new Seekers(this.table)
  /** Bounded: connected peers. */
  readonly #peers = new Map<PeerId, Told>()
  /** Cancels wait at these. Bounded: connected peers. */
  readonly #idle = new Set<PeerId>()
  #idleTimer: Timer | undefined
  readonly #parts: WantManagerParts
  readonly #options: WantOptions

  constructor(parts: WantManagerParts, options: WantOptions) {
    this.#parts = parts
    this.#options = options
  }

  connected(peer: PeerId, features: PeerFeatures): void {
    this.#peers.set(peer, { wants: new ToldWants(this.#options.maxOutstandingPerPeer), features })
  }

  disconnected(peer: PeerId): void {
    const told = this.#peers.get(peer)
    if (told === undefined) return
    this.#peers.delete(peer)
    this.#idle.delete(peer)
    if (this.#idle.size === 0) this.#wakeIdle()
    for (const { key } of told.wants.values()) {
      const want = this.table.get(key)
      want?.told.delete(peer)
      want?.inFlight.delete(peer)
    }
  }

  /** What was sent on the lost stream is told anew, in full. */
  streamLost(peer: PeerId): void {
    const told = this.#peers.get(peer)
    if (told === undefined) return
    told.wants.lost()
    if (told.wants.hasNews) this.#parts.sender.wantlistChanged(peer)
  }

  hold(cid: CID, holder: Holder): Want {
    return this.table.hold(cid, cidKey(cid), holder, this.#parts.clock.now())
  }

  /** The holder no longer wants the block. True when nobody else does either. */
  release(key: CidKey, holder: Holder): boolean {
    const want = this.table.release(key, holder)
    if (want === undefined) return false
    this.#retractEverywhere(want)
    this.#parts.peers.forgetBlock(key)
    return true
  }

  /** Is something to be sent to this peer anyway? */
  hasNews(peer: PeerId): boolean {
    return this.#peers.get(peer)?.wants.hasNews === true
  }

  /** How many wants a peer has been told, or is about to be. */
  toldTo(peer: PeerId): number {
    return this.#peers.get(peer)?.wants.size ?? 0
  }

  /** How many more wants can be told to a peer. */
  room(peer: PeerId): number {
    return this.#peers.get(peer)?.wants.room ?? 0
  }

  /**
   * Asks a peer for a wanted block. False when it is not connected, has no room, or cannot say whether it has a block
   * without sending it.
   */
  ask(peer: PeerId, want: Want, type: WantType, priority: number): boolean {
    const told = this.#peers.get(peer)
    if (told === undefined) return false
    // It could only answer with the bytes: a copy that nobody waits for.
    if (type === 'have' && !told.features.presences) return false
    const made = told.wants.ask(want.cid, want.key, type, priority)
    if (made === false) return false
    if (made !== true) this.table.get(made)?.told.delete(peer)
    want.told.add(peer)
    want.wasTold = true
    if (type === 'block' && !want.inFlight.has(peer)) {
      const ask = this.#parts.peers.pace(peer)?.asked(this.#parts.clock.now())
      if (ask !== undefined) want.inFlight.set(peer, ask)
    }
    if (told.wants.hasNews) this.#parts.sender.wantlistChanged(peer)
    return true
  }

  /** Takes a want back from one peer, because another is asked instead. */
  retract(peer: PeerId, want: Want): void {
    want.told.delete(peer)
    this.#settle(peer, want)
    this.#retract(peer, want.key)
  }

  /** The peer is not expected to answer this want any more; should it do so all the same, the better. */
  giveUp(peer: PeerId, want: Want): void {
    if (this.#promised(peer, want)) this.#parts.peers.broke(peer, 'silent')
    this.#settle(peer, want)
    this.#peers.get(peer)?.wants.shelve(want.key)
  }

  /** What the peer was asked for, and what still stands: the bytes, or whether it has them. */
  askedFor(peer: PeerId, want: Want): WantType | undefined {
    return this.#peers.get(peer)?.wants.typeOf(want.key)
  }

  /** A peer said whether it has a block. Means nothing when it was never asked. */
  presence(peer: PeerId, key: CidKey, have: boolean): boolean {
    const told = this.#peers.get(peer)
    const want = this.table.get(key)
    if (want === undefined || told?.wants.typeOf(key) === undefined) return false
    if (!have) {
      // Only what makes its debt smaller is progress: words alone do not keep a peer from counting as stalled.
      if (want.inFlight.has(peer)) this.#parts.peers.pace(peer)?.heard(this.#parts.clock.now())
      if (this.#promised(peer, want)) this.#parts.peers.broke(peer, 'denied')
      told.wants.shelve(key)
      this.#settle(peer, want)
    }
    this.#parts.peers.recordPresence(peer, key, have)
    for (const holder of want.holders) holder.presence(key, peer, have)
    return true
  }

  /**
   * The block is here and about to be stored: its sender owes it no longer, and every other peer that was told gets a
   * cancel at once. A twin that comes from now on is a duplicate.
   */
  claim(want: Want, bytes: number, from: PeerId): void {
    want.claimed = true
    // The store is the next to ask for it.
    rememberKey(want.cid, want.key)
    if (want.inFlight.size > 1) this.#overtake(want, from)
    this.#delivered(want, bytes, from)
    this.#retractEverywhere(want)
  }

  /** Did we ask this peer for the block at some time, though it may come too late now? */
  wasTold(peer: PeerId, key: CidKey): boolean {
    return this.#peers.get(peer)?.wants.wasTold(key) === true
  }

  /** The block is stored: every holder gets it. */
  fulfil(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): boolean {
    const want = this.table.fulfil(key)
    if (want === undefined) return false
    if (from !== undefined && !want.claimed) this.claim(want, bytes.byteLength, from)
    this.#retractEverywhere(want)
    this.#parts.peers.forgetBlock(key)
    for (const holder of want.holders) holder.fulfilled(key, bytes, from)
    return true
  }

  /** The block could not be stored; its holders decide. */
  failed(key: CidKey, error: Error): void {
    const want = this.table.get(key)
    if (want === undefined) return
    want.claimed = false
    for (const holder of [...want.holders]) holder.failed(key, error)
  }

  /** The next wantlist message for a peer, or undefined when it knows all. */
  takeMessage(peer: PeerId): Message | undefined {
    return this.#peers.get(peer)?.wants.take({ bytes: this.#options.maxMessageBytes })
  }

  /** What can go along with a message for a peer, and would have to go alone later; undefined where there is nothing. */
  takeAlong(peer: PeerId): Message | undefined {
    return this.#idle.has(peer)
      ? this.#peers.get(peer)?.wants.takeAlong({ bytes: this.#options.maxMessageBytes })
      : undefined
  }

  #overtake(want: Want, from: PeerId): void {
    const askedAt = want.inFlight.get(from)?.at ?? -Infinity
    const overtaken = [...want.inFlight].filter(([, ask]) => ask.at < askedAt)
    for (const [peer] of overtaken) this.#parts.peers.overtaken(peer)
  }

  #delivered(want: Want, bytes: number, from: PeerId): void {
    if (this.#parts.cancelsSender !== true && want.told.delete(from)) this.#peers.get(from)?.wants.delivered(want.key)
    const pace = this.#parts.peers.pace(from)
    const ask = want.inFlight.get(from)
    want.inFlight.delete(from)
    if (ask === undefined) {
      pace?.heard(this.#parts.clock.now())
    } else {
      pace?.delivered(ask, bytes, this.#parts.clock.now())
      this.#parts.peers.kept(from)
    }
  }

  /** It said that it has the block, was asked for it, and has not sent it. */
  #promised(peer: PeerId, want: Want): boolean {
    return want.inFlight.has(peer) && this.#parts.peers.presence(peer, want.key) === 'have'
  }

  #retractEverywhere(want: Want): void {
    want.told.forEach((peer) => {
      this.#settle(peer, want)
      this.#retract(peer, want.key)
    })
    want.told.clear()
  }

  #settle(peer: PeerId, want: Want): void {
    if (want.inFlight.delete(peer)) this.#parts.peers.pace(peer)?.settled()
  }

  #retract(peer: PeerId, key: CidKey): void {
    const told = this.#peers.get(peer)
    if (told === undefined) return
    told.wants.retract(key, this.#parts.cancelsAtOnce !== true)
    if (told.wants.hasNews) this.#parts.sender.wantlistChanged(peer)
    else if (told.wants.hasIdleCancels) this.#letWait(peer)
  }

  #letWait(peer: PeerId): void {
    this.#idle.add(peer)
    this.#idleTimer ??= this.#parts.clock.setTimer(CANCEL_WAIT_MS, () => this.#wakeIdle())
  }

  /** Whatever still waits leaves now. */
  #wakeIdle(): void {
    this.#idleTimer?.cancel()
    this.#idleTimer = undefined
    for (const peer of this.#idle) {
      const wants = this.#peers.get(peer)?.wants
      if (wants?.hasIdleCancels !== true) continue
      wants.hurry()
      this.#parts.sender.wantlistChanged(peer)
    }
    this.#idle.clear()
  }
}
