import type { CidKey, PeerId } from '../../../ids.ts'
import type { Random } from '../../../ports.ts'
import type { ClientWant, Desk } from '../base/desk.ts'
import type { BoxoShared } from './boxo-shared.ts'
import { ResponseTracker } from './response-tracker.ts'

interface Sent {
  readonly want: ClientWant
  /** What peers said of it; a "have" stands for good. Bounded: connected peers. */
  readonly has: Map<PeerId, boolean>
  /** Whom the block is awaited from. */
  sentTo: PeerId | undefined
  /** All peers of the session denied it, and that was told. */
  exhausted: boolean
}

export interface WantSenderParts {
  readonly desk: Desk
  readonly shared: BoxoShared
  readonly random: Random
  /** "Dont-haves" in a row after which a peer leaves the session. */
  readonly maxDontHaves: number
  /** The wants were told to peers of the session. */
  readonly sent: (wants: readonly ClientWant[]) => void
  /** No peer of the session has these. */
  readonly exhausted: (wants: readonly ClientWant[]) => void
}

/**
 * The peers of a session and what each of them is asked: a block of one of them, the one that was first to deliver most
 * often, and of all others whether they have it. Facts are gathered, and acted on at the end of the turn.
 */
export class WantSender {
  readonly #parts: WantSenderParts
  readonly #tracker: ResponseTracker
  /** Peers of the session, and how many "dont-haves" in a row each has sent. Bounded: connected peers. */
  readonly #peers = new Map<PeerId, number>()
  /** Bounded: connected peers. */
  readonly #newPeers = new Set<PeerId>()
  /** Bounded: open wants. */
  readonly #wants = new Map<CidKey, Sent>()
  /** Denied in this turn. Bounded: open wants. */
  readonly #denied = new Set<Sent>()
  #lostPeer = false
  #scheduled = false
  #everHadPeers = false

  constructor(parts: WantSenderParts) {
    this.#parts = parts
    this.#tracker = new ResponseTracker(parts.random)
  }

  get everHadPeers(): boolean {
    return this.#everHadPeers
  }

  add(wants: readonly ClientWant[]): void {
    for (const want of wants) {
      this.#wants.set(want.shared.key, { want, has: new Map(), sentTo: undefined, exhausted: false })
    }
    this.#changed()
  }

  delete(key: CidKey): void {
    const sent = this.#wants.get(key)
    if (sent === undefined) return
    this.#wants.delete(key)
    this.#denied.delete(sent)
  }

  delivered(key: CidKey, peer: PeerId): void {
    this.delete(key)
    this.available(peer)
    this.#tracker.delivered(peer)
    this.#peers.set(peer, 0)
    this.#changed()
  }

  have(key: CidKey, peer: PeerId): void {
    this.available(peer)
    if (this.#peers.has(peer)) this.#peers.set(peer, 0)
    const sent = this.#wants.get(key)
    if (sent === undefined) return
    sent.has.set(peer, true)
    sent.exhausted = false
    this.#changed()
  }

  dontHave(key: CidKey, peer: PeerId): void {
    const sent = this.#wants.get(key)
    if (sent === undefined) return
    if (sent.has.get(peer) !== true) sent.has.set(peer, false)
    if (sent.sentTo === peer) sent.sentTo = undefined
    this.#denied.add(sent)
    const inARow = this.#peers.get(peer)
    if (inARow === this.#parts.maxDontHaves) this.#prune(peer)
    else if (inARow !== undefined) this.#peers.set(peer, inARow + 1)
    this.#changed()
  }

  /** The peer belongs to the session from now on. */
  available(peer: PeerId): void {
    if (this.#peers.has(peer) || !this.#parts.desk.mayAsk(peer)) return
    this.#peers.set(peer, 0)
    this.#newPeers.add(peer)
    this.#everHadPeers = true
    this.#changed()
  }

  unavailable(peer: PeerId): void {
    this.#newPeers.delete(peer)
    for (const sent of this.#wants.values()) {
      sent.has.delete(peer)
      if (sent.sentTo === peer) sent.sentTo = undefined
    }
    this.#tracker.left(peer)
    if (!this.#peers.delete(peer)) return
    this.#lostPeer = true
    this.#changed()
  }

  /** Unless it has something else that is wanted. */
  #prune(peer: PeerId): void {
    for (const { has } of this.#wants.values()) if (has.get(peer) === true) return
    this.unavailable(peer)
  }

  #changed(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#parts.desk.parts.clock.defer(() => {
      this.#scheduled = false
      this.#checkExhausted()
      this.#send()
    })
  }

  #checkExhausted(): void {
    const suspects = this.#lostPeer ? this.#wants.values() : this.#denied
    const exhausted: ClientWant[] = []
    for (const sent of suspects) {
      if (sent.exhausted || [...this.#peers.keys()].some((peer) => sent.has.get(peer) !== false)) continue
      sent.exhausted = true
      exhausted.push(sent.want)
    }
    this.#denied.clear()
    this.#lostPeer = false
    if (exhausted.length > 0) this.#parts.exhausted(exhausted)
  }

  #send(): void {
    if (this.#peers.size === 0) return
    const told: ClientWant[] = []
    for (const sent of this.#wants.values()) if (this.#sendOne(sent)) told.push(sent.want)
    this.#newPeers.clear()
    if (told.length > 0) this.#parts.sent(told)
  }

  #sendOne(sent: Sent): boolean {
    const { desk, shared } = this.#parts
    const best = sent.sentTo === undefined ? this.#best(sent) : undefined
    const isSent = best !== undefined && shared.ask(desk, sent.want, best, 'block')
    if (isSent) sent.sentTo = best
    const others = isSent ? this.#peers.keys() : this.#newPeers
    let told = isSent
    for (const peer of others) if (peer !== sent.sentTo) told = shared.ask(desk, sent.want, peer, 'have') || told
    return told
  }

  /** Of those that said "have", or else of those that said nothing yet. */
  #best({ has }: Sent): PeerId | undefined {
    const peers = [...this.#peers.keys()]
    const owners = peers.filter((peer) => has.get(peer) === true)
    const candidates = owners.length > 0 ? owners : peers.filter((peer) => !has.has(peer))
    return this.#tracker.choose(candidates)
  }
}
