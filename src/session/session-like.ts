import type { CidKey, PeerId } from '../ids.ts'
import type { Message } from '../message/message.ts'
import type { Blockstore, Provider } from '../ports.ts'
import type { Wanting } from './get-blocks.ts'
import type { SessionParts } from './session-ports.ts'

/** What requests, prefetches and the user's handle need of a session, whoever decides in it. */
export interface SessionLike extends Wanting {
  readonly closed: boolean
  /** A peer to be asked before others; connected to if need be. */
  addProvider(provider: Provider): void
  /** Releases every want; those who wait are told `error`. Closing twice is harmless. */
  close(error?: unknown): void
}

/** What a client finds beside its sessions. */
export interface ClientHost {
  /** The parts that every session gets: for sessions nobody asked for, such as those that relay. */
  readonly parts: SessionParts
  /** Blocks that came more than once, since the start. */
  readonly tally: { readonly duplicateBlocks: number }
  /** Sends a message of the client's own, after what was sent to the peer before. Never rejects; it may be lost. */
  send(peer: PeerId, message: Message): void
  /** Does a partner wait for this block? */
  isAwaited(key: CidKey): boolean
}

/**
 * The client side of one peer: it decides whom to ask for what, and when. Everything else (verifying, storing, telling
 * partners, cancels) stays with the exchange. Without one, `Session` decides.
 */
export interface Client {
  /** `fixed`: nobody may be asked but `hints`, and what is added to them. */
  session(parts: SessionParts, hints: readonly Provider[], fixed: boolean): SessionLike
  /** Called once, before anything else. */
  attach?(host: ClientHost): void
  /** Sees every message before the exchange deals with it. */
  received?(peer: PeerId, message: Message): void
  /** Every message on its way out; may change what its entries say, but not add or take wants. */
  sending?(peer: PeerId, message: Message): Message
  /** The peer's blockstore as this client wants it to be: one that relays may keep apart what is not its own. */
  store?(own: Blockstore): Blockstore
  /** Also the peer that sent a block is told that it is no longer wanted, as Boxo does. */
  readonly cancelsSender?: boolean
}
