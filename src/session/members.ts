import type { CidKey, PeerId } from '../ids.ts'
import type { BroadcastControl } from './broadcast-control.ts'
import { Member } from './member.ts'
import type { Candidate } from './peer-choice.ts'
import type { Peers } from './session-ports.ts'
import { Strangers } from './strangers.ts'

type Broadcast = Pick<BroadcastControl, 'isTarget' | 'maxPeers' | 'maxRandomPeers'>

/** What members are measured by. */
type KnownPeers = Pick<Peers, 'peers' | 'pace' | 'evidence' | 'isTrusted' | 'trust'>

/** A peer that failed this often in a row is no longer asked first. */
const MAX_MISSES_IN_A_ROW = 16
/** Peers that serve one session; beyond, asking more of them costs more than it brings. */
export const MAX_MEMBERS = 64
/** Before anything is known, a peer found by a hint or an answer is likelier to have a block than one just met. */
const HITS_OF_INVITED = 3

/** Those that want what the session wants. */
interface Fellowship {
  readonly size: number
  /** How many came so far. */
  readonly met: number
  has(peer: PeerId): boolean
}

const NO_FELLOWS: Fellowship = { size: 0, met: 0, has: () => false }

/** What depends on time alone is looked at anew so often, in milliseconds. */
const EPOCH_MS = 100

/** The peers that serve a session: those named by the caller, found by routing, or that had a block of it. */
export class Members {
  /** Bounded: MAX_MEMBERS. */
  readonly #members = new Map<PeerId, Member>()
  /** Sent other bytes than asked for. Bounded: connected peers. */
  readonly #liars = new Set<PeerId>()
  readonly #peers: KnownPeers
  readonly #broadcast: Broadcast
  readonly #admits: ((peer: PeerId) => boolean) | undefined
  #round = 1
  #now = 0
  #fellows = NO_FELLOWS
  #met = 0
  #epoch = 0
  #epochAt = 0

  /** `admits`: the only peers that may be members, and the only ones asked. */
  constructor(peers: KnownPeers, broadcast: Broadcast, admits?: (peer: PeerId) => boolean) {
    this.#peers = peers
    this.#broadcast = broadcast
    this.#admits = admits
  }

  get size(): number {
    return this.#members.size
  }

  /** Is there a peer that had a block of the session, or should have by the word of the caller or of routing? */
  get anyProven(): boolean {
    for (const { hits } of this.#members.values()) if (hits > 0) return true
    return false
  }

  /** A peer named by the caller, found by routing, or that said it has a block. True when it is new in this. */
  invite(peer: PeerId): boolean {
    const member = this.#members.get(peer)
    if (member !== undefined && member.hits > 0) return false
    return this.#add(peer, HITS_OF_INVITED)
  }

  /** A peer that is asked for a block, on no ground but that it is there. */
  join(peer: PeerId): void {
    if (!this.#members.has(peer)) this.#add(peer, 0)
  }

  has(peer: PeerId): boolean {
    return this.#members.has(peer)
  }

  /** Where only some peers may be members, is this one of them? */
  mayJoin(peer: PeerId): boolean {
    return this.#admits?.(peer) !== false
  }

  #add(peer: PeerId, hits: number): boolean {
    if (!this.#members.has(peer) && this.#members.size >= MAX_MEMBERS) return false
    if (!this.mayJoin(peer)) return false
    // An invited one keeps its place, and begins anew.
    this.#members.set(peer, new Member(peer, hits))
    this.#epoch++
    return true
  }

  leave(peer: PeerId): boolean {
    this.#liars.delete(peer)
    this.#epoch++
    return this.#members.delete(peer)
  }

  /** It was silent for too long. Where nothing speaks for it but that it was asked, it is a stranger again. */
  stalled(peer: PeerId): void {
    if (this.#members.get(peer)?.hits !== 0) return
    this.#members.delete(peer)
    this.#epoch++
  }

  /** It sent other bytes than asked for: it leaves, and what it denied it is not told again while it is connected. */
  expel(peer: PeerId): void {
    this.#members.delete(peer)
    this.#epoch++
    this.#liars.add(peer)
  }

  hit(peer: PeerId): void {
    this.join(peer)
    const member = this.#members.get(peer)
    if (member === undefined) return
    member.hits++
    member.missesInARow = 0
  }

  miss(peer: PeerId): void {
    const member = this.#members.get(peer)
    if (member === undefined) return
    member.misses++
    if (++member.missesInARow > MAX_MISSES_IN_A_ROW) this.leave(peer)
  }

  /** A round of decisions begins. What is known of members holds until the next one, but for those that `changed`. */
  begin(now: number, fellows = NO_FELLOWS): void {
    this.#round++
    this.#now = now
    this.#fellows = fellows
  }

  /**
   * Another number when more may be asked of somebody than before, or somebody came or went: what had to wait for busy
   * peers among fellows has to be looked at again then, and not before.
   */
  epoch(): number {
    const { met } = this.#fellows
    for (const member of this.#members.values()) this.#isAble(member)
    if (met !== this.#met || this.#now - this.#epochAt >= EPOCH_MS) {
      this.#met = met
      this.#epochAt = this.#now
      this.#epoch++
    }
    return this.#epoch
  }

  /** It owes more, or less, than when the round began. */
  changed(peer: PeerId): void {
    const member = this.#members.get(peer)
    if (member !== undefined) member.round = 0
  }

  /** Members that may be asked for something. */
  *able(): Generator<Readonly<Member>> {
    for (const member of this.#members.values()) if (this.#isAble(member)) yield member
  }

  /** Members that may serve a block now; as to this block, until another one is asked about. */
  candidates(key: CidKey): readonly Candidate[] {
    const evidence = this.#peers.evidence(key)
    const candidates: Candidate[] = []
    for (const member of this.#members.values()) {
      if (!this.#isAble(member)) continue
      member.presence = evidence?.of(member.peer, this.#now) ?? 'unknown'
      candidates.push(member)
    }
    return candidates
  }

  /** The same where there are fellows: these count once they said that they have it, and nobody is asked for much at a time. */
  leanCandidates(key: CidKey): Candidate[] {
    const evidence = this.#peers.evidence(key)
    const anyHas = evidence !== undefined && evidence.haves > 0
    const candidates: Candidate[] = []
    for (const member of this.#members.values()) {
      if (!this.#isAble(member) || (member.isFellow && !anyHas)) continue
      member.presence = evidence?.of(member.peer, this.#now) ?? 'unknown'
      if (!member.isFellow || member.presence === 'have') candidates.push(member.lean())
    }
    return candidates
  }

  /** All that may serve a block now, as they count where there are fellows. */
  lean(): Candidate[] {
    return [...this.#members.values()].filter((member) => this.#isAble(member)).map((member) => member.lean())
  }

  /** Those that owe nothing, do not lie idle for a reason of their own, and did not deny this block. */
  idle(key: CidKey): Candidate[] {
    const evidence = this.#peers.evidence(key)
    const idle: Candidate[] = []
    for (const member of this.#members.values()) {
      if (!this.#isAble(member) || !member.isIdle || member.stalled) continue
      member.presence = evidence?.of(member.peer, this.#now) ?? 'unknown'
      if (member.presence !== 'dont-have') idle.push(member)
    }
    return idle
  }

  /** Whoever else may be asked, for one round of asking. Nobody where only some peers may be members. */
  strangers(): Strangers | undefined {
    if (this.#admits !== undefined) return undefined
    return new Strangers({
      peers: this.#peers,
      broadcast: this.#broadcast,
      now: this.#now,
      isMember: (peer) => this.#members.has(peer),
      candidate: (peer, presence) => this.#stranger(peer, presence),
      isLiar: (peer) => this.#liars.has(peer)
    })
  }

  #isAble(member: Member): boolean {
    if (member.round !== this.#round) this.#measure(member)
    return member.isAble
  }

  #measure(member: Member): void {
    const { peer } = member
    const pace = this.#peers.pace(peer)
    const wasOpen = member.isOpen
    member.round = this.#round
    member.isAble = pace !== undefined && this.#peers.isTrusted(peer)
    if (pace === undefined || !member.isAble) return
    member.measure(pace, this.#peers.trust(peer), this.#now)
    const { size } = this.#fellows
    if (size > 0) member.measureLean(pace, this.#fellows.has(peer), size)
    else member.isFellow = false
    if (member.isOpen && !wasOpen) this.#epoch++
  }

  #stranger(peer: PeerId, presence: Candidate['presence']): Candidate | undefined {
    const pace = this.#peers.pace(peer)
    if (pace === undefined || !this.#peers.isTrusted(peer)) return undefined
    const stranger = new Member(peer, 0)
    stranger.presence = presence
    stranger.measure(pace, this.#peers.trust(peer), this.#now)
    return stranger
  }
}
