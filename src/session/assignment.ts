import type { PeerId } from '../ids.ts'
import type { Fellows } from './fellows.ts'
import type { Members } from './members.ts'
import { Newcomers } from './newcomers.ts'
import { tellAsked, type OpenWant, type OpenWants } from './open-wants.ts'
import { choosePeer, chooseScouts, type Candidate } from './peer-choice.ts'
import type { SessionParts } from './session-ports.ts'
import type { Strangers } from './strangers.ts'
import { MIN_IN_FLIGHT, Waiting } from './waiting.ts'

/**
 * Once it is known who serves the session, so many that have a block should be found by asking whether they do, beside the
 * one asked for it: where each has a part of what is wanted, a few at a time would take a round trip for every few peers.
 */
const HOPED_SCOUTS = 2
/** Wants passed over, because whoever may have them is busy, before a round ends. */
const MAX_SKIPS = 128
/** The same, when all peers are busy. */
const MAX_WAITS = 16
/** Strangers asked for one want between two rounds of searching, as a multiple of `broadcastPeers`. */
const STRANGERS_PER_ROUND = 4
/** Wants asked before any peer has answered with a block: until then they go to everybody in reach. */
const MAX_UNPROVEN = 32

/** Peers told of wants in one round, one for each want, before others have their turn: some 10 ms of work. */
const MAX_TOLD = 4_096

/** Gives every ready want to a peer, leaves it to wait for a busy one, or finds that nobody has it. */
export class Assignment {
  readonly #parts: SessionParts
  readonly #members: Members
  readonly #open: OpenWants
  readonly #fellows: Fellows
  readonly #newcomers: Newcomers
  #now = 0
  /** Made anew for each round. */
  #strangers: Strangers | undefined
  #epoch = 0
  readonly #waiting: Waiting
  /** In this round, each peer once for each want that it was told of. */
  #told = 0
  /** Wants put off since the last look at all of them began. */
  #postponed = 0
  #isLookingOn = false

  /** `wake`: a peer that ready wants wait for may have room. */
  constructor(parts: SessionParts, members: Members, open: OpenWants, fellows: Fellows, wake: () => void) {
    this.#parts = parts
    this.#members = members
    this.#open = open
    this.#fellows = fellows
    this.#newcomers = new Newcomers(parts, members, open)
    this.#waiting = new Waiting(parts, open, fellows, wake)
  }

  /** A peer connected. True when it is worth a round. */
  connected(peer: PeerId): boolean {
    return this.#newcomers.connected(peer)
  }

  /** A peer went away that was a member, or not. */
  gone(peer: PeerId, wasMember: boolean): void {
    this.#newcomers.gone(peer, wasMember)
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#waiting.close()
  }

  /** Returns when to look again, in milliseconds by the clock of `now`. */
  run(now: number): number {
    this.#now = now
    this.#members.begin(now, this.#fellows)
    if (!this.#isLookingOn) {
      this.#postponed = 0
      this.#waiting.begin()
    }
    const { asked } = this.#open
    this.#told = 0
    let waits = 0
    const held: OpenWant[] = []
    this.#strangers = this.#members.strangers()
    const isShared = this.#fellows.size > 0
    const isThorough = isShared && this.#members.anyProven
    for (const want of isShared ? this.#fellows.show(this.#strangers, this.#hasMoreRoom()) : this.#open.ready) {
      if (want.shared.inFlight.size > 0 || want.shared.claimed) {
        // Another session asked already; its answer is ours, too.
        this.#open.move(want, 'asked')
      } else {
        const outcome = this.#assign(want)
        if (outcome === 'done') {
          if (this.#told >= MAX_TOLD) break
          continue
        }
        if (isThorough) this.#open.wait(want)
        // Whoever comes next most likely finds the same peers busy.
        else if (outcome === 'wait' && ++waits >= MAX_WAITS) break
        else if (outcome === 'held' && held.push(want) >= MAX_SKIPS) break
      }
    }
    // Where there are too many to look at all, those that wait for one busy peer do not hold up what others can serve.
    if (held.length >= MAX_SKIPS) for (const want of held) this.#open.postpone(want)
    if (isShared) this.#waiting.add(this.#members.lean())
    this.#postponed += held.length
    const isCut = this.#told >= MAX_TOLD
    // Among fellows: those that were left out count as not looked at.
    if (isCut) this.#epoch = -1
    const isHeld = held.length >= MAX_SKIPS && this.#open.asked <= asked && this.#postponed < this.#open.readyCount
    this.#isLookingOn = isCut || isHeld
    const again = Math.min(this.#newcomers.run(now), this.#waiting.settle(now))
    return this.#isLookingOn ? now : again
  }

  /** Among fellows: is it worth while to look again at wants that wait for busy peers? */
  #hasMoreRoom(): boolean {
    const before = this.#epoch
    this.#epoch = this.#members.epoch()
    return this.#epoch !== before
  }

  /** `wait`: everybody is busy. `held`: whoever may have it is busy, and others, who have not, are not. */
  #assign(want: OpenWant): 'done' | 'wait' | 'held' {
    const proven = this.#members.anyProven
    if (!proven && this.#open.asked >= MAX_UNPROVEN) return 'wait'
    const members = this.#candidates(want)
    let candidates = proven ? members : [...members, ...this.#others(want)]
    let outcome = this.#ask(want, candidates, proven)
    if (proven && outcome === 'nobody') {
      candidates = [...members, ...this.#others(want)]
      outcome = this.#ask(want, candidates, proven)
    }
    if (outcome === 'nobody') this.#subscribe(want, candidates)
    if (outcome !== 'wait') return 'done'
    return candidates.some(({ hasSlack, stalled }) => hasSlack && !stalled) ? 'held' : 'wait'
  }

  #candidates(want: OpenWant): readonly Candidate[] {
    const { key } = want.shared
    if (this.#fellows.size === 0) return this.#members.candidates(key)
    return this.#fellows.turned(this.#members.leanCandidates(key), want)
  }

  #others(want: OpenWant): readonly Candidate[] {
    const { key, told } = want.shared
    const { broadcastPeers, providerSearchDelayMs } = this.#parts.options
    const unknown = Math.max(0, STRANGERS_PER_ROUND * broadcastPeers - (want.strangers ?? 0))
    // Who was asked a moment ago may still answer.
    const isSilent = this.#now - (want.askedAt ?? Infinity) >= providerSearchDelayMs
    const others = this.#strangers?.mayHave(key, broadcastPeers, unknown, isSilent ? told : undefined) ?? []
    return this.#fellows.size === 0 ? others : this.#fellows.turned(this.#fellows.narrow(others), want)
  }

  /** Asks the best of the candidates that has room for one more want. */
  #ask(want: OpenWant, candidates: readonly Candidate[], proven: boolean): 'asked' | 'wait' | 'nobody' {
    const isFair = this.#open.asked >= MIN_IN_FLIGHT || this.#fellows.size > 0
    let left = isFair ? candidates : candidates.map((one) => this.#atLeast(one))
    for (;;) {
      const choice = choosePeer(left)
      if (choice.kind === 'wait') this.#waiting.add(left)
      if (choice.kind !== 'ask') return choice.kind
      if (this.#parts.wants.ask(choice.peer, want.shared, 'block', want.priority)) {
        this.#asked(want, choice.peer, this.#scouts(candidates, choice.peer, proven))
        return 'asked'
      }
      left = left.flatMap((one) => (one.peer === choice.peer ? this.#full(one) : one))
    }
  }

  /** Before anybody is known to serve the session, everybody in reach. */
  #scouts(candidates: readonly Candidate[], chosen: PeerId, proven: boolean): readonly PeerId[] {
    if (!proven) return chooseScouts(candidates, chosen, candidates.length)
    return chooseScouts(candidates, chosen, this.#parts.options.broadcastPeers, HOPED_SCOUTS)
  }

  /** A session with next to nothing in flight may go beyond the window of a peer, up to twice. */
  #atLeast(candidate: Candidate): Candidate {
    const pace = this.#parts.peers.pace(candidate.peer)
    if (candidate.hasSlack || pace === undefined) return candidate
    return { ...candidate, hasSlack: pace.outstanding < 2 * pace.window() }
  }

  /** A peer without room for another want is busy if it owes blocks; if not, its silence is no reason to wait. */
  #full(candidate: Candidate): Candidate[] {
    const owes = (this.#parts.peers.pace(candidate.peer)?.outstanding ?? 0) > 0
    return owes ? [{ ...candidate, hasSlack: false }] : []
  }

  #asked(want: OpenWant, chosen: PeerId, scouts: readonly PeerId[]): void {
    const { wants, peers } = this.#parts
    this.#told += 1 + scouts.length
    for (const peer of [chosen, ...scouts]) if (!this.#members.has(peer)) want.strangers = (want.strangers ?? 0) + 1
    this.#members.join(chosen)
    this.#members.changed(chosen)
    for (const peer of [...want.shared.told]) {
      if (peer === chosen) continue
      // Whoever was asked for the bytes before and had none would send a second copy, should it get the block.
      if (peers.presence(peer, want.shared.key) !== 'dont-have') {
        if (!this.#isSilent(want, peer, chosen)) continue
        want.recalledFrom = peer
      }
      const isFellow = this.#fellows.has(peer)
      if (isFellow && wants.askedFor(peer, want.shared) === 'have') continue
      wants.retract(peer, want.shared)
      this.#members.changed(peer)
      if (isFellow) this.#fellows.retell(want)
    }
    for (const peer of scouts) if (peer !== want.recalledFrom) wants.ask(peer, want.shared, 'have', want.priority)
    want.askedAt = this.#parts.clock.now()
    this.#open.move(want, 'asked')
    tellAsked(want, chosen)
  }

  /**
   * Was it asked in vain, most likely for having much to do, while the chosen one is known to have the block? True once for a
   * want: where all have much to do, it would be taken back each time, and begin at the end of one queue after the other.
   */
  #isSilent({ shared, recalledFrom }: OpenWant, peer: PeerId, chosen: PeerId): boolean {
    const { wants, peers } = this.#parts
    if (recalledFrom !== undefined || shared.inFlight.has(peer)) return false
    return wants.askedFor(peer, shared) === 'block' && peers.presence(chosen, shared.key) === 'have'
  }

  /**
   * Kubo asks nobody whom broadcast control passes over, and a block that only they have is never found where routing does
   * not know it either. Here a few of them are asked after every round in which routing brought nobody, others each time.
   */
  #lastResort(want: OpenWant, candidates: readonly Candidate[]): readonly Candidate[] {
    const { rounds = 0, lastResort = 0, shared } = want
    if (rounds <= lastResort || candidates.some(({ presence }) => presence !== 'dont-have')) return []
    want.lastResort = rounds
    return this.#strangers?.passedOver(shared.key, shared.told) ?? []
  }

  /**
   * Nobody has it: peers within reach keep the want, for the day it arrives there, and routing is asked. Those that denied
   * it earlier are told again: the want was taken back from them when somebody else was asked for the bytes. One that was
   * given up on, and then said that it has the block, is asked for it once, while the search goes on.
   */
  #subscribe(want: OpenWant, candidates: readonly Candidate[]): void {
    this.#open.move(want, 'searching')
    const room = Math.max(0, this.#parts.options.broadcastPeers - candidates.length)
    const deniers = this.#strangers?.deniers(want.shared.key, room) ?? []
    const { wants } = this.#parts
    const all = [...candidates, ...deniers, ...this.#lastResort(want, candidates)]
    this.#told += all.length
    for (const { peer, presence } of all) {
      const asked = wants.askedFor(peer, want.shared)
      if (presence === 'have' && asked !== 'block') wants.ask(peer, want.shared, 'block', want.priority)
      else if (asked === undefined) wants.ask(peer, want.shared, 'have', want.priority)
    }
  }
}
