import type { ReadonlyFewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { BroadcastControl } from './broadcast-control.ts'
import type { Candidate } from './peer-choice.ts'
import { PeerRing } from './peer-ring.ts'
import type { Peers } from './session-ports.ts'

export interface StrangersParts {
  readonly peers: Pick<Peers, 'peers' | 'evidence'>
  readonly broadcast: Pick<BroadcastControl, 'isTarget' | 'maxPeers' | 'maxRandomPeers'>
  /** Milliseconds, when the round began. */
  readonly now: number
  readonly isMember: (peer: PeerId) => boolean
  /** What is known of a peer that is no member; undefined for one that cannot be asked. */
  readonly candidate: (peer: PeerId, presence: Candidate['presence']) => Candidate | undefined
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
    const found = this.#first(limit, this.#said(key, 'have'), 'have')
    found.push(...this.#first(limit - found.length, this.#unsaid(key, this.#eachTarget()), 'unknown'))
    const lucky = Math.min(maxRandomPeers, limit - found.length)
    if (lucky > 0) found.push(...this.#first(lucky, this.#unsaid(key, this.#eachOther(key)), 'unknown'))
    return found
  }

  /** A few of those that broadcast control keeps from being asked, but for `told`, which were. */
  passedOver(key: CidKey, told: ReadonlyFewSet<PeerId>): Candidate[] {
    const max = Math.min(LAST_RESORT_PEERS, this.#parts.broadcast.maxPeers)
    return this.#first(max, this.#unsaid(key, this.#eachOther(key)), 'unknown', (peer) => !told.has(peer))
  }

  /** Those that denied the block, at most `max`. They may get it yet. */
  deniers(key: CidKey, max: number): Candidate[] {
    return this.#first(max, this.#said(key, 'dont-have'), 'dont-have', (peer) => !this.#parts.isLiar(peer))
  }

  #first(
    max: number,
    peers: Iterable<PeerId>,
    presence: Candidate['presence'],
    wanted?: (peer: PeerId) => boolean
  ): Candidate[] {
    const found: Candidate[] = []
    if (max <= 0) return found
    for (const peer of peers) {
      const candidate = wanted?.(peer) === false ? undefined : this.#parts.candidate(peer, presence)
      if (candidate !== undefined) found.push(candidate)
      if (found.length >= max) break
    }
    return found
  }

  *#said(key: CidKey, what: Candidate['presence']): Generator<PeerId> {
    const { peers, now, isMember } = this.#parts
    for (const [peer, presence] of peers.evidence(key)?.all(now) ?? []) {
      if (presence === what && !isMember(peer)) yield peer
    }
  }

  *#unsaid(key: CidKey, peers: Iterable<PeerId>): Generator<PeerId> {
    const { now, isMember } = this.#parts
    const evidence = this.#parts.peers.evidence(key)
    for (const peer of peers) {
      if (!isMember(peer) && (evidence === undefined || evidence.of(peer, now) === 'unknown')) yield peer
    }
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
