import type { CidKey, PeerId } from '../ids.ts'
import type { OpenWant, OpenWants } from './open-wants.ts'
import type { Candidate } from './peer-choice.ts'
import { saltedHash } from './peer-ring.ts'
import type { SessionParts, WantHolder } from './session-ports.ts'
import type { Strangers } from './strangers.ts'

/** Peers that are told what a session wants, because they want the same. */
export const MAX_FELLOWS = 32
/** Wants that are not asked of anybody yet, and of which fellows are told. */
export const MAX_SHOWN = 256
/** Blocks by which those who begin later are known: the first that the session got. */
export const MAX_LANDMARKS = 8
/** Wants that are told to everybody else as well, to find those who have all of it. */
const MAX_PROBES = 2

/**
 * Fellows: peers that want what this session wants. They come by its blocks one by one, so they are told what it wants, and
 * say so when they have it. While there are any, holders are a scarce good: each is asked for no more at a time than keeps
 * it busy, so that what a fellow has by then can be had from the fellow; and the block that fewest have goes first, in an
 * order that differs from peer to peer, for who fetches the same as all others has nothing to give.
 */
export class Fellows {
  readonly #parts: SessionParts
  readonly #open: OpenWants
  readonly #admits: (peer: PeerId) => boolean
  /** With a number for each, in the order of meeting. Bounded: MAX_FELLOWS. */
  readonly #fellows = new Map<PeerId, number>()
  /** Bounded: MAX_LANDMARKS. */
  readonly #landmarks = new Set<CidKey>()
  /** How many were met so far: wants told before are told anew. */
  #met = 0
  #shownTo = 0
  #easedFor = 0
  #probes = 0

  constructor(parts: SessionParts, open: OpenWants, admits: (peer: PeerId) => boolean) {
    this.#parts = parts
    this.#open = open
    this.#admits = admits
  }

  get size(): number {
    return this.#fellows.size
  }

  /** How many came so far. */
  get met(): number {
    return this.#met
  }

  has(peer: PeerId): boolean {
    return this.#fellows.has(peer)
  }

  /** A peer that wants what this session wants. True when it is new. */
  add(peer: PeerId): boolean {
    if (this.#fellows.has(peer) || this.#fellows.size >= MAX_FELLOWS || !this.#admits(peer)) return false
    this.#fellows.set(peer, ++this.#met)
    return true
  }

  /** Those who wait for a block that this session wants, too. */
  meet(key: CidKey): void {
    for (const peer of this.#parts.awaitedBy?.(key) ?? []) this.add(peer)
  }

  /** A block is here. Whoever begins later will want the first ones first. */
  fetched(key: CidKey, holder: WantHolder): void {
    this.meet(key)
    if (this.#landmarks.size >= MAX_LANDMARKS) return
    this.#landmarks.add(key)
    this.#parts.wants.seekers?.remember(key, holder)
  }

  close(holder: WantHolder): void {
    for (const key of this.#landmarks) this.#parts.wants.seekers?.forget(key, holder)
    this.#landmarks.clear()
  }

  /** A want was taken back from a fellow that is still to say when it has the block. */
  retell(want: OpenWant): void {
    want.shownTo = undefined
    this.#shownTo = -1
  }

  leave(peer: PeerId): void {
    this.#fellows.delete(peer)
  }

  /**
   * Tells fellows of the wants that are to be asked next; returns the ready ones, the rarest first. `again`: also those that
   * wait, for somebody may be less busy than before.
   */
  show(strangers: Strangers | undefined, again: boolean): OpenWant[] {
    if (this.#easedFor !== this.#met) this.#easeOff()
    if (this.#shownTo !== this.#met) {
      for (const want of this.#open.values()) if (want.phase === 'asked') this.#show(want, undefined)
      this.#shownTo = this.#met
    }
    const next = [...(again ? this.#open.ready : this.#open.news)]
    if (again || this.#open.readyCount <= MAX_SHOWN) {
      for (const want of next.slice(0, MAX_SHOWN)) this.#show(want, strangers)
    }
    return this.#inOrder(next)
  }

  /** Of candidates that are no members, those that count, and how, while there are fellows. */
  narrow(candidates: readonly Candidate[]): Candidate[] {
    const { peers } = this.#parts
    return candidates
      .filter(({ peer, presence }) => presence === 'have' || !this.#fellows.has(peer))
      .map((one) => {
        const hasSlack = (peers.pace(one.peer)?.outstanding ?? 0) < this.#roomAt(one.peer)
        return { ...one, hasSlack }
      })
  }

  /** The same candidates, in an order of this want: where two are as good, not everybody asks the same one. */
  turned(candidates: Candidate[], want: OpenWant): Candidate[] {
    if (candidates.length < 2) return candidates
    const start = this.#placeOf(want) % candidates.length
    return start === 0 ? candidates : [...candidates.slice(start), ...candidates.slice(0, start)]
  }

  #placeOf(want: OpenWant): number {
    return (want.place ??= saltedHash(want.shared.key, this.#parts.self ?? ''))
  }

  #roomAt(peer: PeerId): number {
    return this.#parts.peers.pace(peer)?.leanWindow(this.#fellows.size) ?? 0
  }

  /** What was asked of a peer beyond what keeps it busy, before there were others to ask, is taken back. */
  #easeOff(): void {
    this.#easedFor = this.#met
    const kept = new Map<PeerId, number>()
    for (const want of this.#open.values()) {
      const { shared } = want
      if (want.phase !== 'asked' || shared.claimed || shared.inFlight.size !== 1 || (shared.holders?.size ?? 1) > 1)
        continue
      shared.inFlight.forEach((_, peer) => {
        const count = (kept.get(peer) ?? 0) + 1
        kept.set(peer, count)
        const isTooMuch = count > Math.max(this.#roomAt(peer), this.#parts.peers.pace(peer)?.underWay() ?? 0)
        if (isTooMuch) this.#recall(want, peer)
      })
    }
  }

  #recall(want: OpenWant, peer: PeerId): void {
    this.#parts.wants.retract(peer, want.shared)
    this.#open.move(want, 'ready')
    // Of whoever it was taken back from before, it may be asked again.
    if (want.recalledFrom !== undefined && want.shownTo !== undefined) want.shownTo = 0
    want.recalledFrom = peer
  }

  #show(want: OpenWant, strangers: Strangers | undefined): void {
    if (want.shownTo === this.#met || want.shared.claimed) return
    const isNew = want.shownTo === undefined
    const shownTo = want.shownTo ?? 0
    want.shownTo = this.#met
    this.#fellows.forEach((met, peer) => {
      if (met > shownTo) this.#tell(want, peer)
    })
    if (!isNew || this.#probes >= MAX_PROBES || strangers === undefined) return
    this.#probes++
    const { broadcastPeers } = this.#parts.options
    for (const { peer } of strangers.mayHave(want.shared.key, broadcastPeers)) this.#tell(want, peer)
  }

  #tell(want: OpenWant, peer: PeerId): void {
    const { wants } = this.#parts
    // Told in one breath with the cancel, it would be no cancel.
    if (peer === want.recalledFrom) return
    if (wants.askedFor(peer, want.shared) === undefined) wants.ask(peer, want.shared, 'have', want.priority)
  }

  #inOrder(wants: readonly OpenWant[]): OpenWant[] {
    return wants
      .map((want) => ({ want, holders: this.#holders(want.shared.key), place: this.#placeOf(want) }))
      .sort((a, b) => a.holders - b.holders || a.place - b.place)
      .map(({ want }) => want)
  }

  #holders(key: CidKey): number {
    return this.#parts.peers.evidence(key)?.haves ?? 0
  }
}
