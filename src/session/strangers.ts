import type { ReadonlyFewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { BroadcastControl } from './broadcast-control.ts'
import type { Candidate } from './peer-choice.ts'
import { PeerRing } from './peer-ring.ts'
import type { Peers } from './session-ports.ts'

export interface StrangersParts {
  readonly peers: Pick<Peers, 'peers' | 'presence' | 'evidence'>
  readonly broadcast: Pick<BroadcastControl, 'isTarget' | 'maxPeers' | 'maxRandomPeers'>
  /** What is known of a peer that is no member; undefined for one that is, or that cannot be asked. */
  readonly candidate: (peer: PeerId, key: CidKey) => Candidate | undefined
  /** It sent other bytes than asked for. */
  readonly isLiar: (peer: PeerId) => boolean
}

/** Peers asked in a round when no connected peer may be asked, and routing brought nobody. */
const LAST_RESORT_PEERS = 4

/**
 * Connected peers that are no members of a session, as they are when a round of asking begins. There may be thousands, and
 * as many wants: the peers are looked through once for all wants, and no further than one of them needs; what differs from
 * want to want is found by what was said of it.
 */
export class Strangers {
  readonly #parts: StrangersParts
  readonly #unseen: Iterator<PeerId>
  /** Seen, and may be asked for whatever nobody is known to have. Bounded: connected peers. */
  readonly #targets: PeerId[] = []
  /** Seen, and may not. Bounded: connected peers. */
  readonly #others: PeerId[] = []
  #ring: PeerRing | undefined

  constructor(parts: StrangersParts) {
    this.#parts = parts
    this.#unseen = parts.peers.peers()[Symbol.iterator]()
  }

  /** Those that may have the block, at most `max`: peers that denied it make way, and broadcast control has a say. */
  mayHave(key: CidKey, max: number): Candidate[] {
    const { maxPeers, maxRandomPeers } = this.#parts.broadcast
    const limit = Math.min(max, maxPeers)
    const found = this.#first(limit, key, this.#said(key, 'have'))
    found.push(...this.#first(limit - found.length, key, this.#unsaid(key, this.#eachTarget())))
    const lucky = Math.min(maxRandomPeers, limit - found.length)
    if (lucky > 0) found.push(...this.#first(lucky, key, this.#unsaid(key, this.#eachOther(key))))
    return found
  }

  /** A few of those that broadcast control keeps from being asked, but for `told`, which were. */
  passedOver(key: CidKey, told: ReadonlyFewSet<PeerId>): Candidate[] {
    const max = Math.min(LAST_RESORT_PEERS, this.#parts.broadcast.maxPeers)
    return this.#first(max, key, this.#unsaid(key, this.#eachOther(key)), (peer) => !told.has(peer))
  }

  /** Those that denied the block, at most `max`. They may get it yet. */
  deniers(key: CidKey, max: number): Candidate[] {
    return this.#first(max, key, this.#said(key, 'dont-have'), (peer) => !this.#parts.isLiar(peer))
  }

  #first(max: number, key: CidKey, peers: Iterable<PeerId>, wanted?: (peer: PeerId) => boolean): Candidate[] {
    const found: Candidate[] = []
    if (max <= 0) return found
    for (const peer of peers) {
      const candidate = wanted?.(peer) === false ? undefined : this.#parts.candidate(peer, key)
      if (candidate !== undefined) found.push(candidate)
      if (found.length >= max) break
    }
    return found
  }

  *#said(key: CidKey, what: Candidate['presence']): Generator<PeerId> {
    for (const [peer, presence] of this.#parts.peers.evidence(key)) if (presence === what) yield peer
  }

  *#unsaid(key: CidKey, peers: Iterable<PeerId>): Generator<PeerId> {
    for (const peer of peers) if (this.#parts.peers.presence(peer, key) === 'unknown') yield peer
  }

  *#eachTarget(): Generator<PeerId> {
    for (let at = 0; ; at++) {
      while (at >= this.#targets.length) if (!this.#see()) return
      const peer = this.#targets[at]
      if (peer !== undefined) yield peer
    }
  }

  #eachOther(key: CidKey): Iterable<PeerId> {
    while (this.#see());
    this.#ring ??= new PeerRing(this.#others)
    return this.#ring.from(key)
  }

  /** Looks at one more peer; false when there is none. */
  #see(): boolean {
    const next = this.#unseen.next()
    if (next.done === true) return false
    const peer = next.value
    if (this.#parts.broadcast.isTarget(peer)) this.#targets.push(peer)
    else this.#others.push(peer)
    return true
  }
}
