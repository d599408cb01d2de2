import type { CidKey, PeerId } from '../ids.ts'
import { pick, type BroadcastControl } from './broadcast-control.ts'
import type { Candidate } from './peer-choice.ts'
import type { Peers } from './session-ports.ts'

/** How a peer did in this session. */
interface Member {
  hits: number
  misses: number
  /** Misses since the last hit. */
  missesInARow: number
}

/** Peers asked in a round when no connected peer may be asked, and routing brought nobody. */
const LAST_RESORT_PEERS = 4

type Broadcast = Pick<BroadcastControl, 'isTarget' | 'maxPeers' | 'maxRandomPeers'>

/** What members are measured by. */
type KnownPeers = Pick<Peers, 'peers' | 'pace' | 'presence' | 'isTrusted' | 'trust'>

/** A peer that failed this often in a row is no longer asked first. */
const MAX_MISSES_IN_A_ROW = 16
/** Peers that serve one session; beyond, asking more of them costs more than it brings. */
export const MAX_MEMBERS = 64
/** Before anything is known, a peer found by a hint or an answer is likelier to have a block than one just met. */
const INVITED: Member = { hits: 3, misses: 0, missesInARow: 0 }
const STRANGER: Member = { hits: 0, misses: 0, missesInARow: 0 }

/** The peers that serve a session: those named by the caller, found by routing, or that had a block of it. */
export class Members {
  /** Bounded: MAX_MEMBERS. */
  readonly #members = new Map<PeerId, Member>()
  /** Sent other bytes than asked for. Bounded: connected peers. */
  readonly #liars = new Set<PeerId>()
  readonly #peers: KnownPeers
  readonly #broadcast: Broadcast
  readonly #admits: ((peer: PeerId) => boolean) | undefined

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
    return this.#add(peer, INVITED)
  }

  /** A peer that is asked for a block, on no ground but that it is there. */
  join(peer: PeerId): void {
    if (!this.#members.has(peer)) this.#add(peer, STRANGER)
  }

  #add(peer: PeerId, member: Member): boolean {
    if (!this.#members.has(peer) && this.#members.size >= MAX_MEMBERS) return false
    if (this.#admits?.(peer) === false) return false
    this.#members.set(peer, { ...member })
    return true
  }

  leave(peer: PeerId): boolean {
    this.#liars.delete(peer)
    return this.#members.delete(peer)
  }

  /** It sent other bytes than asked for: it leaves, and what it denied it is not told again while it is connected. */
  expel(peer: PeerId): void {
    this.#members.delete(peer)
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
    if (++member.missesInARow > MAX_MISSES_IN_A_ROW) this.#members.delete(peer)
  }

  /** Members that may serve a block now. */
  candidates(key: CidKey, now: number): Candidate[] {
    const candidates: Candidate[] = []
    for (const [peer, member] of this.#members) {
      const candidate = this.#candidate(peer, member, key, now)
      if (candidate !== undefined) candidates.push(candidate)
    }
    return candidates
  }

  /**
   * Connected peers that are no members and may have the block, at most `max` of them: those that denied it make way, and
   * broadcast control has a say.
   */
  strangers(key: CidKey, now: number, max: number): Candidate[] {
    const others: Candidate[] = []
    const { maxPeers, maxRandomPeers } = this.#broadcast
    const limit = Math.min(max, maxPeers)
    const candidates = this.#strangers(key, now, limit, (peer, presence) => {
      if (presence === 'dont-have') return false
      if (presence === 'have' || this.#broadcast.isTarget(peer)) return true
      const other = maxRandomPeers > 0 ? this.#candidate(peer, STRANGER, key, now) : undefined
      if (other !== undefined) others.push(other)
      return false
    })
    return [...candidates, ...pick(others, key, Math.min(maxRandomPeers, limit - candidates.length))]
  }

  /** A few of those that broadcast control keeps from being asked, but for `told`, which were. */
  passedOver(key: CidKey, now: number, told: ReadonlySet<PeerId>): Candidate[] {
    const fresh = this.#strangers(key, now, Infinity, (peer, presence) => presence === 'unknown' && !told.has(peer))
    return pick(fresh, key, Math.min(LAST_RESORT_PEERS, this.#broadcast.maxPeers))
  }

  /** Connected peers that are no members and denied the block, at most `max` of them. They may get it yet. */
  deniers(key: CidKey, now: number, max: number): Candidate[] {
    return this.#strangers(key, now, max, (peer, presence) => presence === 'dont-have' && !this.#liars.has(peer))
  }

  /** There may be thousands, for each want: whether one is wanted is asked before more is found out about it. */
  #strangers(
    key: CidKey,
    now: number,
    max: number,
    wanted: (peer: PeerId, presence: Candidate['presence']) => boolean
  ): Candidate[] {
    const candidates: Candidate[] = []
    if (this.#admits !== undefined) return candidates
    for (const peer of this.#peers.peers()) {
      if (candidates.length >= max) break
      if (this.#members.has(peer) || !wanted(peer, this.#peers.presence(peer, key))) continue
      const candidate = this.#candidate(peer, STRANGER, key, now)
      if (candidate !== undefined) candidates.push(candidate)
    }
    return candidates
  }

  #candidate(peer: PeerId, member: Member, key: CidKey, now: number): Candidate | undefined {
    const pace = this.#peers.pace(peer)
    if (pace === undefined || !this.#peers.isTrusted(peer)) return undefined
    return {
      peer,
      presence: this.#peers.presence(peer, key),
      hitRate: (member.hits + 0.5) / (member.hits + member.misses + 1),
      trust: this.#peers.trust(peer),
      expectedFinishMs: pace.expectedFinishMs(),
      hasSlack: pace.hasSlack(),
      stalled: pace.isStalled(now)
    }
  }
}
