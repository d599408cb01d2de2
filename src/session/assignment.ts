import type { PeerId } from '../ids.ts'
import type { Members } from './members.ts'
import type { OpenWant, OpenWants } from './open-wants.ts'
import { choosePeer, chooseScouts, type Candidate, type Choice } from './peer-choice.ts'
import type { SessionParts } from './session-ports.ts'

/** Peers asked whether they have a block, beside the one asked for it, once it is known who serves the session. */
const MAX_SCOUTS = 2
/** Wants passed over, because whoever may have them is busy, before a round ends. */
const MAX_SKIPS = 128
/** Wants a session may have in flight whatever others ask of the same peers, so that none is starved by another. */
const MIN_IN_FLIGHT = 8
/** Wants asked before any peer has answered with a block: until then they go to everybody in reach. */
const MAX_UNPROVEN = 32

/** Gives every ready want to a peer, leaves it to wait for a busy one, or finds that nobody has it. */
export class Assignment {
  readonly #parts: SessionParts
  readonly #members: Members
  readonly #open: OpenWants

  constructor(parts: SessionParts, members: Members, open: OpenWants) {
    this.#parts = parts
    this.#members = members
    this.#open = open
  }

  run(now: number): void {
    let skips = 0
    for (const want of this.#open.ready) {
      if (want.shared.inFlight.size > 0) {
        // Another session asked already; its answer is ours, too.
        this.#open.move(want, 'asked')
      } else if (!this.#assign(want, now) && ++skips >= MAX_SKIPS) {
        return
      }
    }
  }

  /** False when the want has to wait for a busy peer. */
  #assign(want: OpenWant, now: number): boolean {
    const proven = this.#members.anyProven
    if (!proven && this.#open.asked >= MAX_UNPROVEN) return false
    const members = this.#members.candidates(want.shared.key, now)
    let candidates = proven ? members : [...members, ...this.#strangers(want, now)]
    let choice = this.#choose(candidates)
    if (proven && choice.kind === 'nobody') {
      candidates = [...members, ...this.#strangers(want, now)]
      choice = this.#choose(candidates)
    }
    if (choice.kind === 'wait') return false
    if (choice.kind === 'nobody') {
      this.#subscribe(want, candidates)
      return true
    }
    return this.#ask(want, choice.peer, chooseScouts(candidates, choice.peer, proven ? MAX_SCOUTS : candidates.length))
  }

  #choose(candidates: readonly Candidate[]): Choice {
    if (this.#open.asked >= MIN_IN_FLIGHT) return choosePeer(candidates)
    return choosePeer(candidates.map((candidate) => ({ ...candidate, hasSlack: true })))
  }

  #strangers(want: OpenWant, now: number): Candidate[] {
    return this.#members.strangers(want.shared.key, now, this.#parts.options.broadcastPeers)
  }

  #ask(want: OpenWant, chosen: PeerId, scouts: readonly PeerId[]): boolean {
    const { wants, peers } = this.#parts
    if (!wants.ask(chosen, want.shared, 'block', want.priority)) return false
    this.#members.join(chosen)
    // Whoever was asked for the bytes before and had none would send a second copy, should it get the block.
    for (const peer of [...want.shared.told]) {
      if (peer !== chosen && peers.presence(peer, want.shared.key) === 'dont-have') wants.retract(peer, want.shared)
    }
    for (const peer of scouts) wants.ask(peer, want.shared, 'have', want.priority)
    this.#open.move(want, 'asked')
    return true
  }

  /** Nobody has it: peers within reach keep the want, for the day it arrives there, and routing is asked. */
  #subscribe(want: OpenWant, candidates: readonly Candidate[]): void {
    this.#open.move(want, 'searching')
    for (const { peer } of candidates) {
      if (!want.shared.told.has(peer)) this.#parts.wants.ask(peer, want.shared, 'have', want.priority)
    }
  }
}
