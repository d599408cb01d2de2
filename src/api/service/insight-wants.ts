/** What a peer wants, for whom, and what came of asking, as plain JSON; rows of a `Snapshot`. */

import type { PeerAnswer, StuckCode, StuckReason, WantPhase } from '../../exchange-insight.ts'

export type { PeerAnswer, StuckCode, StuckReason, WantPhase }

export interface WantRow {
  /** The CID. */
  readonly id: string
  /** What peers are asked for now: the bytes, or whether they have them; `none` when nobody is asked. */
  readonly kind: 'block' | 'have' | 'none'
  readonly since: number
  /** The session that has wanted it for longest, and what it is for. */
  readonly session: string
  readonly label: string
  /** Sessions that want it. */
  readonly sessions: number
  readonly phase: WantPhase
  readonly asked: number
  readonly have: number
  readonly dontHave: number
  /** Asked, and no word so far. */
  readonly silent: number
  /** At most 16 of those asked: who has it first, then who is silent. */
  readonly peers: readonly AskedPeer[]
  /** When somebody was last asked for the bytes. */
  readonly lastSentAt?: number | undefined
  /** Set once it has taken too long. */
  readonly stuckBecause?: StuckReason | undefined
  /** A stuck one whose copy here was found damaged: it is being fetched anew. Told by the command `bitswap/wants` alone. */
  readonly damaged?: true | undefined
}

export interface AskedPeer {
  readonly peer: string
  readonly answer: PeerAnswer
  /** Asked for the bytes then, and expected to send them. */
  readonly dueSince?: number | undefined
}

export interface SessionRow {
  readonly id: string
  /** What it is for, as whoever made it says: a command, or `session`. */
  readonly label: string
  readonly since: number
  readonly open: number
  readonly done: number
  readonly looking: number
  readonly ready: number
  readonly asked: number
  readonly searching: number
  /** That serve it. */
  readonly peers: number
  /** Named by whoever made it; of these, how many could not be reached the last time. */
  readonly named: number
  readonly unreached: number
  /** These, by the id or address that was named, and why; left out where there are none. */
  readonly failures?: readonly { readonly name: string; readonly reason: string }[] | undefined
  /** Asks nobody but those that were named. */
  readonly isFixed: boolean
}
