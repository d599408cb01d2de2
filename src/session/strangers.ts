import type { ReadonlyFewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { BroadcastControl } from './broadcast-control.ts'
import type { Candidate } from './peer-choice.ts'
import { PeerRing } from './peer-ring.ts'
import type { BlockEvidence, Peers } from './session-ports.ts'

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

  /**
   * Those that may have the block, at most `max`, and at most `unknown` that said nothing of it: peers that denied it make
   * way, and so do those who were `asked` and are silent. Broadcast control has a say.
   */
  mayHave(key: CidKey, max: number, unknown = max, asked?: ReadonlyFewSet<PeerId>): Candidate[] {
    const { maxPeers, maxRandomPeers } = this.#parts.broadcast
    const limit = Math.min(max, maxPeers)
    const evidence = this.#parts.peers.evidence(key)
    const found: Candidate[] = []
    if (evidence !== undefined && evidence.haves > 0) this.#add(found, limit, 'have', this.#said(evidence, 'have'))
    const most = Math.min(limit, found.length + unknown)
    this.#addTargets(found, most, evidence, asked)
    if (asked !== undefined) this.#add(found, most, 'unknown', this.#targets, evidence, (peer) => asked.has(peer))
    const lucky = Math.min(maxRandomPeers, most - found.length)
    if (lucky > 0) this.#add(found, found.length + lucky, 'unknown', this.#eachOther(key), evidence)
    return found
  }

  /** A few of those that broadcast control keeps from being asked, but for `told`, which were. */
  passedOver(key: CidKey, told: ReadonlyFewSet<PeerId>): Candidate[] {
    const max = Math.min(LAST_RESORT_PEERS, this.#parts.broadcast.maxPeers)
    const evidence = this.#parts.peers.evidence(key)
    const found: Candidate[] = []
    this.#add(found, max, 'unknown', this.#eachOther(key), evidence, (peer) => !told.has(peer))
    return found
  }

  /** Those that denied the block, at most `max`. They may get it yet. */
  deniers(key: CidKey, max: number): Candidate[] {
    const evidence = this.#parts.peers.evidence(key)
    const found: Candidate[] = []
    if (evidence === undefined) return found
    const isHonest = (peer: PeerId): boolean => !this.#parts.isLiar(peer)
    this.#add(found, max, 'dont-have', this.#said(evidence, 'dont-have'), undefined, isHonest)
    return found
  }

  #said(evidence: BlockEvidence, what: 'have' | 'dont-have'): readonly PeerId[] {
    return evidence.said(what, this.#parts.now)
  }

  /** Adds strangers until there are `max`, of those `wanted`, and of whom `evidence` knows nothing. */
  #add(
    found: Candidate[],
    max: number,
    presence: Candidate['presence'],
    peers: Iterable<PeerId>,
    evidence?: BlockEvidence,
    wanted?: (peer: PeerId) => boolean
  ): void {
    if (found.length >= max) return
    for (const peer of peers) {
      if (!this.#isUnheard(peer, evidence) || wanted?.(peer) === false) continue
      this.#addOne(found, presence, peer)
      if (found.length >= max) return
    }
  }

  #addTargets(
    found: Candidate[],
    max: number,
    evidence: BlockEvidence | undefined,
    asked: ReadonlyFewSet<PeerId> | undefined
  ): void {
    for (let at = 0; found.length < max; at++) {
      while (at >= this.#targets.length) if (!this.#see()) return
      const peer = this.#targets[at]
      if (peer === undefined || asked?.has(peer) === true || !this.#isUnheard(peer, evidence)) continue
      this.#addOne(found, 'unknown', peer)
    }
  }

  #isUnheard(peer: PeerId, evidence: BlockEvidence | undefined): boolean {
    if (this.#parts.isMember(peer)) return false
    return evidence === undefined || evidence.of(peer, this.#parts.now) === 'unknown'
  }

  #addOne(found: Candidate[], presence: Candidate['presence'], peer: PeerId): void {
    const candidate = this.#parts.candidate(peer, presence)
    if (candidate !== undefined) found.push(candidate)
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
