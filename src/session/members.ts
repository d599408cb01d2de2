import type { CidKey, PeerId } from '../ids.ts'
import type { BroadcastControl } from './broadcast-control.ts'
import type { Candidate } from './peer-choice.ts'
import type { Peers } from './session-ports.ts'
import { Strangers } from './strangers.ts'

/** How a peer did in this session. */
interface Member {
  hits: number
  misses: number
  /** Misses since the last hit. */
  missesInARow: number
}

type Broadcast = Pick<BroadcastControl, 'isTarget' | 'maxPeers' | 'maxRandomPeers'>

/** What members are measured by. */
type KnownPeers = Pick<Peers, 'peers' | 'pace' | 'presence' | 'evidence' | 'isTrusted' | 'trust'>

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

  /** Where only some peers may be members, is this one of them? */
  mayJoin(peer: PeerId): boolean {
    return this.#admits?.(peer) !== false
  }

  #add(peer: PeerId, member: Member): boolean {
    if (!this.#members.has(peer) && this.#members.size >= MAX_MEMBERS) return false
    if (!this.mayJoin(peer)) return false
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

  /** Whoever else may be asked, for one round of asking. Nobody where only some peers may be members. */
  strangers(now: number): Strangers | undefined {
    if (this.#admits !== undefined) return undefined
    return new Strangers({
      peers: this.#peers,
      broadcast: this.#broadcast,
      candidate: (peer, key) => (this.#members.has(peer) ? undefined : this.#candidate(peer, STRANGER, key, now)),
      isLiar: (peer) => this.#liars.has(peer)
    })
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
