import type { PeerId } from '../../../ids.ts'
import type { ClientWant } from '../base/desk.ts'

/** What is known when a block came. */
export interface Hit {
  readonly peer: PeerId
  /** Since it was first wanted, in milliseconds. */
  readonly latencyMs: number
  readonly now: number
}

/** Where a strategy differs from Boxo's session. One of them serves all sessions of a client. */
export interface BoxoHooks {
  /** A session wants it now. */
  began?(want: ClientWant): void
  /** Whom to ask whether they have a block that nobody is known to have: all of `peers`, without this. */
  targets?(peers: readonly PeerId[], want: ClientWant, now: number): readonly PeerId[]
  /** Whom to ask for a block outright, instead of everybody whether they have it, while a session knows no peers. */
  firstAsked?(want: ClientWant): readonly PeerId[]
  /** How long a session waits for a first block before it asks routing. */
  searchDelayMs?(now: number): number
  /** A wanted block came from a peer. */
  hit?(hit: Hit): void
  /** The want has ended, with a block or without. */
  ended?(want: ClientWant): void
  readonly steps?: BroadcastSteps
}

/** What nobody is known to have is asked of more and more peers. */
export interface BroadcastSteps {
  /** When the next peers are to be asked, in milliseconds; Infinity when no more are. */
  nextAt(want: ClientWant): number
  /** Those, of `peers`. */
  more(want: ClientWant, peers: readonly PeerId[], now: number): readonly PeerId[]
}
