/**
 * What an exchange shows of its inside, to whoever asks: what it wants and why it has not got it, for whom, and what it
 * holds for each partner. Reading it changes nothing, and nothing is kept for it between two looks. Times are milliseconds
 * since 1970, all of them from one clock that only goes forward.
 */
import type { CID } from 'multiformats/cid'
import type { ExchangeMeter } from './exchange-meter.ts'
import type { PeerId, PeerIdLike } from './ids.ts'
import type { WantType } from './message/message.ts'

/**
 * Where a want stands. `looking`: in the local store. `ready`: to be asked of somebody. `asked`: of somebody.
 * `searching`: nobody known has it, and routing is asked. `storing`: it is here, and on its way to the disk.
 */
export type WantPhase = 'looking' | 'ready' | 'asked' | 'searching' | 'storing'

export type PeerAnswer = 'have' | 'dont-have' | 'silent'

export type StuckCode =
  | 'slow-store'
  | 'no-peers'
  | 'all-dont-have'
  | 'no-providers'
  | 'dial-failing'
  | 'silent-peers'
  | 'busy-peers'
  | 'connecting'
  | 'searching'
  | 'only-named-peers'
  | 'download-limit'

export interface StuckReason {
  readonly code: StuckCode
  /** A sentence for people, with figures. */
  readonly text: string
}

/** A peer that was asked, or that said whether it has the block. */
export interface AskedPeer {
  readonly peer: PeerId
  readonly answer: PeerAnswer
  /** What it is asked for now; undefined when the want was taken back. */
  readonly askedFor: WantType | undefined
  /** Asked for the bytes then, and expected to send them. */
  readonly dueSince: number | undefined
}

/** What came of asking routing about one block, the last time. */
export interface SearchView {
  readonly startedAt: number
  /** Undefined while it is under way, and for one that was given up. */
  readonly endedAt: number | undefined
  /** Providers named, and of them those connected to. */
  readonly found: number
  readonly reached: number
  readonly unreached: number
  /** The first few of those that could not be reached. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[]
  readonly error: string | undefined
}

export interface WantInsight {
  readonly cid: CID
  readonly since: number
  /** The session that has wanted it for longest; undefined for one that is not shown. */
  readonly session: { readonly id: number; readonly label: string } | undefined
  readonly sessions: number
  readonly phase: WantPhase
  /** Over all peers asked. */
  readonly asked: number
  readonly have: number
  readonly dontHave: number
  readonly silent: number
  /** Some of them: those that have it first, then those that say nothing. */
  readonly peers: readonly AskedPeer[]
  /** When somebody was last asked for the bytes. */
  readonly lastSentAt: number | undefined
  readonly search: SearchView | undefined
  readonly stuckBecause: StuckReason | undefined
}

export interface SessionInsight {
  readonly id: number
  readonly label: string
  readonly since: number
  readonly open: number
  /** Wants that ended, however they did. */
  readonly done: number
  readonly looking: number
  readonly ready: number
  readonly asked: number
  readonly searching: number
  readonly peers: number
  /** Peers named by the caller, and why some of them could not be reached. */
  readonly named: number
  readonly unreached: readonly { readonly name: string; readonly reason: string }[]
  readonly isFixed: boolean
}

/** What is held for a partner, and what it owes. Bytes are block bytes. */
export interface PartnerInsight {
  readonly wants: number
  readonly pendingTasks: number
  readonly activeTasks: number
  readonly pendingBytes: number
  readonly inFlightBytes: number
  readonly overflowDropped: number
  /** Blocks asked of it that have not come. */
  readonly owes: number
  /** Wants of ours that it was told. */
  readonly told: number
  readonly latencyMs: number | undefined
}

export interface EngineInsight {
  readonly strategy: string
  readonly about: string
  readonly slots: number
  readonly slotsUsed: number
  readonly waitingPartners: number
  readonly wants: number
  readonly pendingTasks: number
  readonly activeTasks: number
  readonly presencesHeld: number
  readonly pendingBytes: number
  readonly inFlightBytes: number
  readonly activeLookups: number
  readonly waitingLookups: number
  readonly waitingEntries: number
  readonly refusedPartners: number
  readonly presencesSent: number
  readonly failedWrites: number
}

/** Block bytes by what they were good for, and everything on the wire. Since the start. */
export interface TrafficInsight {
  readonly payloadIn: number
  readonly duplicateIn: number
  /** Bytes on the wire; undefined where the network does not count. */
  readonly wireIn: number | undefined
  readonly payloadOut: number
  readonly wireOut: number | undefined
  /** Received, and not dealt with yet. */
  readonly unread: number
}

/** Something that was not let in, not served or not kept. */
export interface Refused {
  /** A stable name. */
  readonly id: RefusedId
  readonly by: 'limit' | 'policy' | 'rule'
  readonly text: string
  readonly count: number
}

export type RefusedId =
  | 'want-overflow'
  | 'wants-in-vain'
  | 'wantlist-backlog'
  | 'presence-overflow'
  | 'unsendable-block'
  | 'denied-peer'
  | 'denied-block'
  | 'refused-connection'
  | 'unwanted-block'
  | 'bad-block'
  | 'bad-item'
  | 'bad-stream'

export interface ExchangeInsight {
  /** Now, on the clock of all these times. */
  now(): number
  readonly wantCount: number
  /** The oldest wants, at most so many. */
  wants(limit: number): readonly WantInsight[]
  /** Of what is wanted, that which sessions of this label want: the oldest, at most so many, and how many there are. */
  wantsOf(label: string, limit: number): { readonly total: number; readonly wants: readonly WantInsight[] }
  want(cid: CID): WantInsight | undefined
  /** When the oldest want began; undefined when there is none. */
  oldestWantAt(): number | undefined
  readonly sessionCount: number
  /** The oldest sessions, at most so many. */
  sessions(limit: number): readonly SessionInsight[]
  /** Undefined for a peer that is not connected. */
  partner(peer: PeerIdLike): PartnerInsight | undefined
  engine(): EngineInsight
  traffic(): TrafficInsight
  /** Peers that broadcast control kept from being asked, counted anew in each round of asking. */
  readonly broadcastSkips: number
  /** What routing said of a block, the last time it was asked. */
  search(cid: CID): SearchView | undefined
  /** What connected peers said of a block that is wanted. */
  evidence(cid: CID): readonly { readonly peer: PeerId; readonly answer: 'have' | 'dont-have' }[]
  /** All that can be refused, with what was so far. */
  refused(): readonly Refused[]
  /** Counts sizes and times from now on. There is one meter: a later one takes its place. */
  observe(meter: ExchangeMeter): void
  /**
   * Ends the want for a block: each request that waits for it rejects with `WantCancelledError`. Returns how many sessions
   * wanted it.
   */
  unwant(cid: CID): number
}
