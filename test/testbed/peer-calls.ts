/** What the testbed and a peer process say to each other: one JSON object a line, calls one way and answers the other. */

/** A block by its number and size: both ends make the same bytes of it. */
export interface BlockName {
  readonly number: number
  readonly size: number
}

export interface Neighbour {
  readonly address: string
}

/** How blocks are asked for: in one request, each in a request of its own, or each in one session. */
export type FetchWay = 'together' | 'alone' | 'in-session'

export interface FetchJob {
  readonly blocks: readonly BlockName[]
  readonly way: FetchWay
  /** When the caller loses patience; a want that has not ended by then fails with the reason of its signal. */
  readonly giveUpMs: number
}

/** How one want ended. */
export interface Ending {
  readonly number: number
  readonly ms: number
  /** What the bytes hash to, as the process computed it; undefined when the want failed. */
  readonly sha256?: string
  readonly bytes?: number
  /** Why it failed: the name of the error and its message. */
  readonly failed?: string
}

/** What a peer says of itself. Blocks are named by the hex of their digest, peers by their id. */
export interface PeerState {
  readonly wants: readonly string[]
  readonly partners: readonly string[]
  /** What each partner wants of this peer. */
  readonly wantsOf: Readonly<Record<string, readonly string[]>>
  readonly ledgers: readonly { readonly peer: string; readonly sent: number; readonly received: number }[]
  readonly connections: number
  readonly blocksReceived: number
  readonly duplicates: number
  readonly redials: number
}

export interface Calls {
  start: [{ readonly listen: string; readonly seed: string }, { readonly id: string; readonly address: string }]
  /** Stores blocks and tells whoever waits for them. */
  hold: [{ readonly blocks: readonly BlockName[] }, null]
  /** Forgets blocks, so that the store of a long run does not grow. */
  drop: [{ readonly blocks: readonly BlockName[] }, null]
  /** Connects to these and keeps it up: dials again whenever a connection is lost. */
  keep: [{ readonly neighbours: readonly Neighbour[] }, null]
  fetch: [FetchJob, readonly Ending[]]
  state: [null, PeerState]
}

export type Call = keyof Calls

export interface CallLine {
  readonly id: number
  readonly call: Call
  readonly input: unknown
}

export type AnswerLine =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }
