import type { CID } from 'multiformats/cid'
import { NotFoundError, SessionClosedError } from '../errors.ts'
import { FewSet } from '../few.ts'
import { cidKey, type CidKey, type PeerId } from '../ids.ts'
import type { Provider } from '../ports.ts'
import { Alarm } from './alarm.ts'
import { Assignment } from './assignment.ts'
import { Fellows } from './fellows.ts'
import { Hedging } from './hedging.ts'
import { Hints } from './hints.ts'
import { Members } from './members.ts'
import { lookUp } from './look-up.ts'
import { isIdle, OpenWants, type OpenWant } from './open-wants.ts'
import { SearchRounds, type Round } from './search-rounds.ts'
import type { PeerWatch, SessionParts, WantHolder } from './session-ports.ts'
import type { Waiter } from './waiter.ts'

/**
 * Related wants and the peers that serve them: every decision on whom to ask, and when, is made here. Events only record
 * facts; one evaluation, after the events at hand, acts on all of them:
 *
 * 1. A peer that owes and stays silent past its time is reported as stalled; its wants are ready again.
 * 2. Every ready want is asked of the peer with the shortest expected finish, waits for a busy one, or is searched for.
 * 3. When nothing is left to ask, a late block is asked of an idle peer as well, within a budget.
 * 4. A timer is set for the first moment at which any of this may change by itself.
 */
export class Session implements WantHolder, PeerWatch {
  readonly #parts: SessionParts
  readonly #open = new OpenWants()
  readonly #members: Members
  readonly #fellows: Fellows
  readonly #rounds: SearchRounds
  readonly #assignment: Assignment
  readonly #hedging: Hedging
  readonly #abort = new AbortController()
  /** Given up on, and silent since. Bounded: connected peers. */
  readonly #stalled = new Set<PeerId>()
  readonly #hints: Hints
  readonly #alarm: Alarm
  #scheduled = false
  #closed = false

  /** `fixed`: nobody is asked but those named by the caller. */
  constructor(parts: SessionParts, hints: readonly Provider[] = [], fixed = false) {
    this.#parts = parts
    this.#members = new Members(parts.peers, parts.broadcast, fixed ? (peer) => this.#hints.names(peer) : undefined)
    this.#fellows = new Fellows(parts, this.#open, (peer) => this.#members.mayJoin(peer))
    this.#assignment = new Assignment(parts, this.#members, this.#open, this.#fellows, () => this.#schedule())
    this.#hedging = new Hedging(parts, this.#members, this.#open)
    this.#rounds = new SearchRounds(parts, (peer) => this.#invite(peer), fixed)
    this.#hints = new Hints({
      peers: parts.peers,
      clock: parts.clock,
      logger: parts.logger,
      waitMs: parts.options.providerSearchDelayMs,
      signal: this.#abort.signal,
      reached: (peer) => this.#invite(peer),
      settled: () => this.#schedule()
    })
    this.#alarm = new Alarm(parts.clock, () => this.#schedule())
    parts.peers.watch(this)
    parts.shown?.({ open: this.#open, members: this.#members, hints: this.#hints, fixed })
    for (const hint of hints) this.addProvider(hint)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Wants that have not been answered. */
  get size(): number {
    return this.#open.size
  }

  /** A peer to be asked before others; connected to if need be, and again when it is lost. */
  addProvider(provider: Provider): void {
    if (!this.#closed) this.#hints.add(provider)
  }

  /** Wants a block for somebody: from the local store, or else from the network. */
  want(cid: CID, waiter: Waiter, priority: number): void {
    const key = cidKey(cid)
    if (this.#closed) {
      waiter.failed(key, this.#abort.signal.reason)
      return
    }
    const known = this.#open.get(key)
    if (known !== undefined) {
      known.waiters.add(waiter)
      known.priority = Math.max(known.priority, priority)
      return
    }
    // Held before looking: a block stored by somebody else meanwhile ends the want, too.
    const shared = this.#parts.wants.hold(cid, this)
    const want: OpenWant = { shared, waiters: new FewSet(waiter), priority, phase: 'looking', hedged: false }
    this.#open.add(want)
    this.#look(want)
  }

  /** Somebody no longer waits; the last one to go takes the want along. */
  unwant(key: CidKey, waiter: Waiter): void {
    const want = this.#open.get(key)
    if (want?.waiters.delete(waiter) !== true || want.waiters.size > 0) return
    this.#drop(want)
    this.#schedule()
  }

  close(error: unknown = new SessionClosedError()): void {
    if (this.#closed) return
    this.#closed = true
    this.#parts.peers.unwatch(this)
    this.#assignment.close()
    this.#rounds.close()
    this.#fellows.close(this)
    this.#alarm.cancel()
    this.#abort.abort(error)
    for (const want of [...this.#open.values()]) this.#fail(want, error)
  }

  // ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────

  fulfilled(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void {
    const want = this.#open.remove(key)
    if (want === undefined) return
    this.#fellows.fetched(key, this)
    if (from !== undefined) {
      this.#members.hit(from)
      this.#spoke(from)
    }
    this.#hedging.arrived(want, this.#parts.clock.now())
    this.#rounds.progress(key)
    for (const waiter of want.waiters) waiter.arrived(key, bytes, from)
    this.#schedule()
  }

  presence(key: CidKey, peer: PeerId, have: boolean): void {
    const want = this.#open.heard(key)
    if (want === undefined) return
    this.#spoke(peer)
    if (have && this.#members.invite(peer)) this.#schedule()
    if (!have && want.phase === 'asked' && !this.#fellows.has(peer)) this.#members.miss(peer)
    if (want.phase === 'asked' ? isIdle(want) : have && want.phase === 'searching') this.#makeReady(want)
    else if (want.phase === 'searching' || (have && want.phase === 'ready')) this.#schedule()
  }

  wantedToo(peer: PeerId): void {
    if (this.#fellows.add(peer)) this.#schedule()
  }

  failed(key: CidKey, error: Error): void {
    const want = this.#open.get(key)
    if (want !== undefined) this.#fail(want, error)
  }

  peerConnected(peer: PeerId): void {
    const isTried = this.#assignment.connected(peer)
    if (this.#open.searching.size > 0 || this.#open.readyCount > 0) this.#rounds.newcomer()
    else if (!isTried) return
    this.#schedule()
  }

  peerDisconnected(peer: PeerId): void {
    this.#assignment.gone(peer, this.#members.leave(peer))
    this.#fellows.leave(peer)
    this.#stalled.delete(peer)
    this.#readyOrphans()
  }

  peersStalled(peers: ReadonlySet<PeerId>): void {
    for (const peer of peers) {
      this.#stalled.add(peer)
      this.#members.stalled(peer)
    }
    for (const want of this.#open.values()) {
      for (const [peer] of want.shared.inFlight) if (peers.has(peer)) this.#parts.wants.giveUp(peer, want.shared)
      this.#readyOrphan(want)
    }
    this.#schedule()
  }

  peerLied(peer: PeerId): void {
    for (const want of this.#open.values()) {
      if (!want.shared.inFlight.has(peer)) continue
      this.#parts.wants.retract(peer, want.shared)
      this.#parts.peers.recordPresence(peer, want.shared.key, false)
    }
    this.#members.expel(peer)
    this.#fellows.leave(peer)
    this.#readyOrphans()
  }

  /** A peer that was given up on speaks again: what it was told and has not denied can be expected of it once more. */
  #spoke(peer: PeerId): void {
    if (this.#stalled.size === 0 || !this.#stalled.delete(peer)) return
    for (const want of [...this.#open.searching]) if (want.shared.told.has(peer)) this.#makeReady(want)
  }

  #invite(peer: PeerId): void {
    if (this.#closed || !this.#members.invite(peer)) return
    this.#rounds.found()
    for (const want of [...this.#open.searching]) this.#open.move(want, 'ready')
    this.#schedule()
  }

  /** Wants whose last peer went away are ready again. */
  #readyOrphans(): void {
    for (const want of this.#open.values()) this.#readyOrphan(want)
    this.#schedule()
  }

  #readyOrphan(want: OpenWant): void {
    if (want.phase === 'asked' && isIdle(want)) this.#open.move(want, 'ready')
  }

  #makeReady(want: OpenWant): void {
    this.#open.move(want, 'ready')
    this.#schedule()
  }

  #look(want: OpenWant): void {
    lookUp(this.#parts.blockstore, want.shared.cid, this.#abort.signal, {
      found: (bytes) => this.#looked(want, bytes),
      failed: (error) => this.#fail(want, error)
    })
  }

  #looked(want: OpenWant, bytes: Uint8Array | undefined): void {
    if (this.#open.get(want.shared.key) !== want) return
    if (bytes === undefined) {
      this.#fellows.meet(want.shared.key)
      this.#makeReady(want)
      return
    }
    this.#drop(want)
    for (const waiter of want.waiters) waiter.arrived(want.shared.key, bytes, undefined)
  }

  #fail(want: OpenWant, error: unknown): void {
    if (this.#open.get(want.shared.key) !== want) return
    this.#drop(want)
    for (const waiter of want.waiters) waiter.failed(want.shared.key, error)
  }

  #drop({ shared: { key } }: OpenWant): void {
    this.#open.remove(key)
    this.#rounds.leave(key)
    this.#parts.wants.release(key, this)
  }

  // ── the decision ───────────────────────────────────────────────────────────────────────────────────────────────

  #schedule(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    this.#parts.clock.defer(() => {
      this.#scheduled = false
      if (!this.#closed) this.#evaluate(this.#parts.clock.now())
    })
  }

  #evaluate(now: number): void {
    this.#parts.peers.reportStalled()
    // Peers named by the caller are connected to before others are asked, for a moment.
    const hintsUntil = this.#members.size === 0 ? this.#hints.waitsUntil(now) : undefined
    const next = hintsUntil ?? this.#decide(now)
    const { isConnecting } = this.#hints
    const round: Round = {
      begun: () => this.#hints.retry(),
      retry: (want) => this.#makeReady(want),
      // Not said while one of them is still being connected to.
      exhausted: (want) => {
        if (!isConnecting) this.#exhausted(want)
      }
    }
    // Of any peer, member or not: another session may have asked it on our behalf, and be gone.
    const nextStall = this.#open.asked > 0 ? this.#parts.peers.nextStallAt() : Infinity
    this.#alarm.set(Math.min(next, nextStall, this.#rounds.run(this.#open, now, round)))
  }

  #decide(now: number): number {
    const again = this.#assignment.run(now)
    const late = this.#hedging.run(now, this.#open.readyCount === 0, this.#fellows.size > 0)
    return Math.min(again, late)
  }

  #exhausted(want: OpenWant): void {
    const asked = `none of the ${this.#hints.size} peers of this session, which asks nobody else, has it`
    this.#fail(want, new NotFoundError(`block ${want.shared.cid.toString()} cannot be had: ${asked}`))
  }
}
