import type { PeerId } from '../ids.ts'
import type { Fellows } from './fellows.ts'
import type { OpenWants } from './open-wants.ts'
import type { Candidate } from './peer-choice.ts'
import type { PeerPace, RoomSeeker, SessionParts } from './session-ports.ts'

/** Wants a session may have in flight whatever others ask of the same peers, so that none is starved by another. */
export const MIN_IN_FLIGHT = 8
/** When to look again for a peer with room, in milliseconds, though none was heard of: time alone may have made one fit. */
export const LOOK_AGAIN_MS = 5_000

/** The place of a session in the rows of those that wait for busy peers. */
export class Waiting implements RoomSeeker {
  readonly #parts: Pick<SessionParts, 'peers' | 'wants'>
  readonly #open: OpenWants
  readonly #fellows: Fellows
  readonly #wake: () => void
  /** Whoever may have a ready want, and is asked for no more until it owes less. Bounded: members, and strangers asked. */
  readonly #busy = new Set<PeerId>()

  /** `wake`: one of the peers may have room. */
  constructor(parts: Pick<SessionParts, 'peers' | 'wants'>, open: OpenWants, fellows: Fellows, wake: () => void) {
    this.#parts = parts
    this.#open = open
    this.#fellows = fellows
    this.#wake = wake
  }

  get waiting(): number {
    return this.#open.readyCount
  }

  roomAt(peer: PeerId): number {
    return this.#parts.wants.room(peer)
  }

  limitAt(pace: PeerPace): number {
    if (this.#fellows.size > 0) return pace.leanWindow(this.#fellows.size)
    if (this.#open.asked < MIN_IN_FLIGHT) return 2 * pace.window()
    return pace.hasSlack() ? pace.window() : 0
  }

  hasRoom(): void {
    this.#wake()
  }

  /** A look at all ready wants begins. */
  begin(): void {
    this.#busy.clear()
  }

  /** A want waits for one of these. */
  add(candidates: readonly Candidate[]): void {
    for (const { peer, presence, hasSlack, stalled } of candidates) {
      if (!hasSlack && !stalled && presence !== 'dont-have') this.#busy.add(peer)
    }
  }

  /** All that wait were looked at, or enough of them; returns when to look again in any case. */
  settle(now: number): number {
    if (this.waiting > 0) {
      this.#parts.peers.awaitRoom(this, this.#busy)
      return now + LOOK_AGAIN_MS
    }
    this.close()
    return Infinity
  }

  close(): void {
    this.#parts.peers.leaveRows(this)
  }
}
