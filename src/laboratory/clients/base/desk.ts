import type { CidKey, PeerId } from '../../../ids.ts'
import type { WantType } from '../../../message/message.ts'
import type { SessionParts, SharedWant } from '../../../session/session-ports.ts'
import type { Waiter } from '../../../session/waiter.ts'

/** One block that a session of a strategy waits for. */
export interface ClientWant {
  readonly shared: SharedWant
  /** Bounded: requests of this session. */
  readonly waiters: Set<Waiter>
  priority: number
  /** Its place in the order of coming, from 0. */
  readonly number: number
  /** When it was first wanted, in milliseconds of the clock. */
  readonly since: number
}

/** What a strategy has to work with: the wants that are open, the peers, and the means to ask. */
export interface Desk {
  readonly parts: SessionParts
  /** Wants whose block is not here, in the order they came. */
  readonly open: ReadonlyMap<CidKey, ClientWant>
  /** Milliseconds. */
  now(): number
  /** Connected peers that may be asked, in the order they connected. */
  peers(): PeerId[]
  mayAsk(peer: PeerId): boolean
  /** What the peer was asked for and what still stands, by whichever session. */
  askedFor(want: ClientWant, peer: PeerId): WantType | undefined
  /**
   * Asks a peer; a want-have becomes a want-block, never the other way. Where the peer has no room for one more want it is
   * asked once there is. False when it is not connected.
   */
  ask(want: ClientWant, peer: PeerId, type: WantType, priority?: number): boolean
  /** Tells the peer once more, as if it had lost what it was told. */
  askAgain(want: ClientWant, peer: PeerId, type: WantType, priority?: number): boolean
  /** Takes the want back from one peer. */
  retract(want: ClientWant, peer: PeerId): void
  /** Asks routing; each provider that could be connected to is told to `provider` of the tactics. */
  search(want: ClientWant): void
  /** `due` of the tactics is called then; earlier calls that are still to come stay. */
  wakeAt(ms: number): void
}

/** What a strategy decides. All calls are synchronous; none may throw. */
export interface Tactics {
  /** New wants, in order: those that came in one turn of the event loop come together. Their blocks are not here. */
  wanted(wants: readonly ClientWant[]): void
  /** The block is here; the want is no longer open. `from` is undefined when it was stored by somebody else. */
  arrived(want: ClientWant, from: PeerId | undefined): void
  presence(want: ClientWant, peer: PeerId, have: boolean): void
  /** Nobody waits for it any more; it is no longer open. */
  dropped(want: ClientWant): void
  peerConnected(peer: PeerId): void
  peerLeft(peer: PeerId): void
  /** A connected peer that should have what is wanted, by the word of the caller or of routing (then with the want). */
  provider(peer: PeerId, want?: ClientWant): void
  /** A moment that was asked for by `wakeAt` has come. */
  due(now: number): void
  closed?(): void
}
