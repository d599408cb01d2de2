import { dropOldest } from '../drop-oldest.ts'
import type { PeerId } from '../ids.ts'
import { MAX_MEMBERS, type Members } from './members.ts'
import type { OpenWant, OpenWants } from './open-wants.ts'
import type { SessionParts } from './session-ports.ts'

/** Open wants by which a newcomer is tried. */
const TRIAL_WANTS = 2
/** Shortest time between two trials, in milliseconds: peers that come and go must not cost each session much. */
const PAUSE_MS = 250
/** Peers that a session tries at a time, and former members that it knows again. */
export const MAX_NEWCOMERS = MAX_MEMBERS

/**
 * Peers that connect while a session fetches, once it is known who serves it: those that may be asked for what nobody is
 * known to have, and those that served it before. They are asked whether they have what is fetched just now, and by saying
 * so become members. A session for one block has been served before that would be of use.
 */
export class Newcomers {
  readonly #parts: Pick<SessionParts, 'wants' | 'peers' | 'broadcast'>
  readonly #members: Members
  readonly #open: OpenWants
  /** Bounded: MAX_NEWCOMERS, later ones are passed over. */
  readonly #untried = new Set<PeerId>()
  /** Members that went away. Bounded: MAX_NEWCOMERS, oldest out first. */
  readonly #left = new Set<PeerId>()
  #notBefore = -Infinity

  constructor(parts: Pick<SessionParts, 'wants' | 'peers' | 'broadcast'>, members: Members, open: OpenWants) {
    this.#parts = parts
    this.#members = members
    this.#open = open
  }

  /** True when it is to be tried. */
  connected(peer: PeerId): boolean {
    if (this.#open.size === 0 || this.#open.added < TRIAL_WANTS || !this.#members.mayJoin(peer)) return false
    if (!this.#left.delete(peer) && !this.#parts.broadcast.isTarget(peer)) return false
    if (this.#untried.size < MAX_NEWCOMERS) this.#untried.add(peer)
    return true
  }

  /** A peer went away that was a member, or not. */
  gone(peer: PeerId, wasMember: boolean): void {
    this.#untried.delete(peer)
    if (wasMember) this.#left.add(peer)
    dropOldest(this.#left, MAX_NEWCOMERS)
  }

  /** Tries those that came, at once or after a pause; returns when to look again. */
  run(now: number): number {
    if (this.#untried.size === 0) return Infinity
    if (now < this.#notBefore) return this.#notBefore
    this.#notBefore = now + PAUSE_MS
    const trials = this.#trials()
    for (const peer of this.#untried) {
      for (const { shared, priority } of trials) {
        if (this.#parts.wants.askedFor(peer, shared) === undefined)
          this.#parts.wants.ask(peer, shared, 'have', priority)
      }
    }
    this.#untried.clear()
    return Infinity
  }

  /** The latest: the others are likelier to be here before the answer. */
  #trials(): OpenWant[] {
    const trials: OpenWant[] = []
    for (const want of this.#open.values()) {
      if (want.shared.claimed || (want.phase !== 'asked' && want.phase !== 'ready')) continue
      trials.push(want)
      if (trials.length > TRIAL_WANTS) trials.shift()
    }
    return trials
  }
}
