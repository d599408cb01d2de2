import type { CID } from 'multiformats/cid'
import type { CidKey } from '../ids.ts'

/** `block` asks for the bytes, `have` only whether the peer has them. */
export type WantType = 'block' | 'have'

/** One line of a wantlist. */
export interface WantEntry {
  readonly cid: CID
  readonly key: CidKey
  readonly type: WantType
  /** Orders this peer's own queue, higher first (int32). */
  readonly priority: number
  /** Answer "dont-have" instead of silence when the block is not here. */
  readonly sendDontHave: boolean
  /** How many peers further it may be asked (RFC BB-L1-02), 0 to 255. Only written by a client that relays; else left out. */
  readonly ttl?: number
}

/** A want taken back. */
export interface CancelEntry {
  readonly cid: CID
  readonly key: CidKey
}

/** What a peer says of a block it was asked for. */
export interface Presence {
  readonly cid: CID
  readonly key: CidKey
  readonly have: boolean
}

/**
 * A block as it travels: without its digest. The receiver learns the CID by hashing `bytes` the way `prefix`
 * (CID version, codec, hash function, digest length, as varints) says. `bytes` may be a view on a larger buffer.
 */
export interface WireBlock {
  readonly prefix: Uint8Array
  readonly bytes: Uint8Array
}

/** One bitswap message, in memory. Order inside a list carries no meaning. */
export interface Message {
  /** The wants replace everything told before, instead of adding to it. */
  readonly full: boolean
  readonly wants: readonly WantEntry[]
  readonly cancels: readonly CancelEntry[]
  readonly presences: readonly Presence[]
  readonly blocks: readonly WireBlock[]
  /** Bytes of blocks that the sender still has queued for the receiver. */
  readonly pendingBytes: number
}

const NONE: readonly never[] = []

/** A message from its parts; what is left out is empty. */
export function createMessage(parts: Partial<Message>): Message {
  const { full = false, wants = NONE, cancels = NONE, presences = NONE, blocks = NONE, pendingBytes = 0 } = parts
  return { full, wants, cancels, presences, blocks, pendingBytes }
}
