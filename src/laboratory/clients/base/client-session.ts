import type { CID } from 'multiformats/cid'
import { NotFoundError, SessionClosedError } from '../../../errors.ts'
import { cidKey, type CidKey, type PeerId } from '../../../ids.ts'
import type { WantType } from '../../../message/message.ts'
import type { Provider } from '../../../ports.ts'
import { Alarm } from '../../../session/alarm.ts'
import { Hints } from '../../../session/hints.ts'
import type { SessionLike } from '../../../session/session-like.ts'
import type { PeerWatch, SessionParts, WantHolder } from '../../../session/session-ports.ts'
import { tellAsked } from './tell-asked.ts'
import type { Waiter } from '../../../session/waiter.ts'
import type { ClientWant, Desk, Tactics } from './desk.ts'
import { Overflow } from './overflow.ts'
import { Searches } from './searches.ts'

export interface ClientSessionParts {
  readonly parts: SessionParts
  readonly hints: readonly Provider[]
  /** Nobody is asked but `hints`. */
  readonly fixed: boolean
  readonly tactics: (desk: Desk) => Tactics
}

/**
 * A session that leaves every decision to its tactics, and does the rest: it looks in the store, keeps waiters, names
 * providers, and lets go of everything when it is closed.
 */
export class ClientSession implements SessionLike, WantHolder, PeerWatch, Desk {
  readonly parts: SessionParts
  /** Bounded: what the requests of the session keep open, each up to `maxOpenWants`. */
  readonly #open = new Map<CidKey, ClientWant>()
  /** Being looked up in the store. Bounded: as #open. */
  readonly #looking = new Map<CidKey, ClientWant>()
  /** Found not to be here in this turn. Bounded: as #open. */
  #fresh: ClientWant[] = []
  readonly #overflow = new Overflow()
  readonly #searches: Searches
  readonly #hints: Hints
  readonly #alarm: Alarm
  readonly #fixed: boolean
  readonly #tactics: Tactics
  readonly #abort = new AbortController()
  #wants = 0

  constructor({ parts, hints, fixed, tactics }: ClientSessionParts) {
    this.parts = parts
    this.#fixed = fixed
    this.#searches = new Searches(parts.search)
    this.#alarm = new Alarm(parts.clock, () => this.closed || this.#tactics.due(this.now()))
    this.#tactics = tactics(this)
    this.#hints = new Hints({
      peers: parts.peers,
      clock: parts.clock,
      logger: parts.logger,
      waitMs: 0,
      signal: this.#abort.signal,
      reached: (peer) => {
        if (!this.closed) this.#tactics.provider(peer)
      },
      settled: () => this.#checkFixed()
    })
    parts.peers.watch(this)
    for (const hint of hints) this.addProvider(hint)
  }

  // ── what users of the session call ─────────────────────────────────────────────────────────────────────────────

  get closed(): boolean {
    return this.#abort.signal.aborted
  }

  addProvider(provider: Provider): void {
    if (!this.closed) this.#hints.add(provider)
  }

  want(cid: CID, waiter: Waiter, priority: number): void {
    const key = cidKey(cid)
    if (this.closed) {
      waiter.failed(key, this.#abort.signal.reason)
      return
    }
    const known = this.#open.get(key) ?? this.#looking.get(key)
    if (known !== undefined) {
      known.waiters.add(waiter)
      known.priority = Math.max(known.priority, priority)
      return
    }
    const shared = this.parts.wants.hold(cid, this)
    const want = { shared, waiters: new Set([waiter]), priority, number: this.#wants++, since: this.now() }
    this.#looking.set(key, want)
    this.#look(want)
  }

  unwant(key: CidKey, waiter: Waiter): void {
    const want = this.#open.get(key) ?? this.#looking.get(key)
    if (want?.waiters.delete(waiter) === true && want.waiters.size === 0) this.#drop(want)
  }

  close(error: unknown = new SessionClosedError()): void {
    if (this.closed) return
    this.#abort.abort(error)
    this.parts.peers.unwatch(this)
    this.#alarm.cancel()
    this.#searches.close()
    for (const want of [...this.#looking.values(), ...this.#open.values()]) this.#fail(want, error)
    this.#tactics.closed?.()
  }

  // ── what its tactics use ───────────────────────────────────────────────────────────────────────────────────────

  get open(): ReadonlyMap<CidKey, ClientWant> {
    return this.#open
  }

  now(): number {
    return this.parts.clock.now()
  }

  peers(): PeerId[] {
    return [...this.parts.peers.peers()].filter((peer) => this.mayAsk(peer))
  }

  mayAsk(peer: PeerId): boolean {
    return this.parts.peers.isTrusted(peer) && (!this.#fixed || this.#hints.names(peer))
  }

  askedFor(want: ClientWant, peer: PeerId): WantType | undefined {
    return this.#overflow.typeOf(peer, want.shared.key) ?? this.parts.wants.askedFor(peer, want.shared)
  }

  ask(want: ClientWant, peer: PeerId, type: WantType, priority = want.priority): boolean {
    if (!this.#open.has(want.shared.key) || !this.mayAsk(peer)) return false
    // On its way into the store: a want-block would bring it once more.
    if (want.shared.claimed) return true
    if (this.parts.wants.ask(peer, want.shared, type, priority)) tellAsked(want, peer)
    else this.#overflow.add(peer, want, type, priority)
    return true
  }

  askAgain(want: ClientWant, peer: PeerId, type: WantType, priority = want.priority): boolean {
    this.parts.wants.giveUp(peer, want.shared)
    return this.ask(want, peer, type, priority)
  }

  retract(want: ClientWant, peer: PeerId): void {
    this.#overflow.delete(peer, want.shared.key)
    this.parts.wants.retract(peer, want.shared)
  }

  search(want: ClientWant): void {
    if (this.#fixed || this.closed) return
    const { cid, key } = want.shared
    this.#searches.join(cid, key, (peer) => {
      if (!this.closed && this.mayAsk(peer)) this.#tactics.provider(peer, this.#open.get(key))
    })
  }

  wakeAt(ms: number): void {
    if (!this.closed) this.#alarm.set(ms)
  }

  // ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  fulfilled(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void {
    const want = this.#open.get(key) ?? this.#looking.get(key)
    if (want === undefined) return
    const wasOpen = this.#open.has(key)
    this.#forget(key)
    if (wasOpen) this.#tactics.arrived(want, from)
    this.#useRoom()
    for (const waiter of want.waiters) waiter.arrived(key, bytes, from)
  }

  presence(key: CidKey, peer: PeerId, have: boolean): void {
    const want = this.#open.get(key)
    if (want === undefined) return
    this.#tactics.presence(want, peer, have)
    if (!have) this.#useRoom()
    if (!have) this.#checkFixed()
  }

  failed(key: CidKey, error: Error): void {
    const want = this.#open.get(key) ?? this.#looking.get(key)
    if (want !== undefined) this.#fail(want, error)
  }

  peerConnected(peer: PeerId): void {
    if (this.mayAsk(peer)) this.#tactics.peerConnected(peer)
  }

  peerDisconnected(peer: PeerId): void {
    this.#overflow.left(peer)
    this.#tactics.peerLeft(peer)
    this.#checkFixed()
  }

  /** It sent other bytes than asked for: as good as gone. */
  peerLied(peer: PeerId): void {
    for (const want of this.#open.values()) {
      if (want.shared.told.has(peer)) this.retract(want, peer)
    }
    this.#tactics.peerLeft(peer)
  }

  /** A rule of our own session, which no other strategy knows. */
  peersStalled(): void {
    return undefined
  }

  #look(want: ClientWant): void {
    const failed = (error: unknown): void => this.#fail(want, error)
    try {
      const found = this.parts.blockstore.get(want.shared.cid, { signal: this.#abort.signal })
      if (found instanceof Promise) found.then((bytes) => this.#looked(want, bytes), failed)
      else this.#looked(want, found)
    } catch (error) {
      failed(error)
    }
  }

  #looked(want: ClientWant, bytes: Uint8Array | undefined): void {
    const { key } = want.shared
    if (this.#looking.get(key) !== want) return
    if (bytes !== undefined) {
      this.#drop(want)
      for (const waiter of want.waiters) waiter.arrived(key, bytes, undefined)
      return
    }
    this.#looking.delete(key)
    this.#open.set(key, want)
    this.#fresh.push(want)
    if (this.#fresh.length === 1) this.parts.clock.defer(() => this.#tellFresh())
  }

  #tellFresh(): void {
    const fresh = this.#fresh.filter((want) => this.#open.get(want.shared.key) === want)
    this.#fresh = []
    if (fresh.length > 0) this.#tactics.wanted(fresh)
    this.#checkFixed()
  }

  #useRoom(): void {
    this.#overflow.retry((peer, { want, type, priority }) => {
      if (want.shared.claimed) return true
      const asked = this.parts.wants.ask(peer, want.shared, type, priority)
      if (asked) tellAsked(want, peer)
      return asked
    })
  }

  /** With none but named peers: what all of them deny, or none is there to have, cannot be had. */
  #checkFixed(): void {
    if (!this.#fixed || this.closed || this.#hints.isConnecting) return
    const peers = this.peers()
    for (const want of [...this.#open.values()]) {
      const { cid, key, claimed } = want.shared
      if (claimed || !peers.every((peer) => this.parts.peers.presence(peer, key) === 'dont-have')) continue
      this.#fail(want, new NotFoundError(`block ${cid.toString()} cannot be had: none of the named peers has it`))
    }
  }

  #fail(want: ClientWant, error: unknown): void {
    const { key } = want.shared
    if (this.#open.get(key) !== want && this.#looking.get(key) !== want) return
    this.#drop(want)
    for (const waiter of want.waiters) waiter.failed(key, error)
  }

  #drop(want: ClientWant): void {
    const { key } = want.shared
    const wasOpen = this.#open.has(key)
    this.#forget(key)
    if (wasOpen) this.#tactics.dropped(want)
    this.parts.wants.release(key, this)
  }

  #forget(key: CidKey): void {
    this.#open.delete(key)
    this.#looking.delete(key)
    this.#overflow.forget(key)
  }
}
