/**
 * The waist of Barter: what the core can see of the world. If it is not on this page, the core cannot touch it, and the
 * laboratory can replace all of it.
 */
import type { CID } from 'multiformats/cid'
import type { PeerId } from './ids.ts'
import type { Message } from './message/message.ts'

/** A value now, or a promise of it: memory stores answer at once, and the hot path does not wait for them. */
export type MaybePromise<T> = T | Promise<T>

export interface AbortOptions {
  readonly signal?: AbortSignal | undefined
}

/** Where a peer may be found: its id, its addresses (multiaddr text), or both; never neither. */
export interface Provider {
  readonly peer?: PeerId
  readonly addresses: readonly string[]
  /** By our owner or his program, and not by others: it may be on this machine, or on a private network. */
  readonly isNamed?: boolean | undefined
}

/** What a connected peer can understand. */
export interface PeerFeatures {
  /** Want-have, have and dont-have (bitswap 1.2.0). Older peers only know blocks. */
  readonly presences: boolean
  /** Far away, by its address; a peer on this machine or a private network is not, nor is one of unknown address. */
  readonly isRemote?: boolean
}

/** A message of which a part is here. */
export interface PartialMessage {
  /** What is here of it; nothing of it has been checked. */
  readonly bytes: number
  /** What it will have, by the word of its sender. */
  readonly totalBytes: number
  /** Since its first bytes came. */
  readonly ms: number
}

/** What the network tells the core. Calls for one peer come in order, `connected` first, `disconnected` last. */
export interface NetworkEvents {
  connected(peer: PeerId, features: PeerFeatures): void
  disconnected(peer: PeerId): void
  /** A message arrived. While the promise is pending its bytes count as unread, and the peer is slowed down. */
  received(peer: PeerId, message: Message): MaybePromise<void>
  /** More came of a message that is long on its way. At most four times a second for each stream. */
  receiving?(peer: PeerId, part: PartialMessage): void
  /** A stream to or from `peer` broke: what was sent on it, either way, may never have arrived. */
  streamLost(peer: PeerId): void
  /** The peer broke the rules of the wire this many times: entries, blocks or whole messages that were dropped. */
  faulted(peer: PeerId, count: number): void
  /** The peer lost a stream because it broke a rule that nobody breaks by accident. */
  struck(peer: PeerId, reason: string): void
  /** May this peer be dealt with? Asked before it is announced or connected to; one that may not is refused. */
  admits(peer: PeerId): boolean
  /** What the connection to a peer is worth, 0 to 100: when there are too many, those worth less are closed first. */
  worth(peer: PeerId): number
}

/** Moves messages between peers; has no opinions. */
export interface Network {
  start(events: NetworkEvents): Promise<void>
  stop(): Promise<void>
  /**
   * Sends one message after the earlier ones to the same peer. Resolves with its size on the wire in bytes once the
   * transport took it and can take more; rejects with `SendFailedError` when it could not be handed over.
   */
  send(peer: PeerId, message: Message, options?: AbortOptions): Promise<number>
  /** Connects to a peer; resolves with its id when bitswap can be spoken to it. */
  connect(provider: Provider, options?: AbortOptions): Promise<PeerId>
  /** Round-trip time in milliseconds as the transport last saw it, or undefined. */
  latencyMs(peer: PeerId): number | undefined
  /** Ends all dealings with a peer that is no longer admitted: its streams, and its connections. `disconnected` follows. */
  expel(peer: PeerId, reason: string): void
  /** Counters, where it keeps some. */
  stat?(): NetworkTraffic
}

/** What crossed the network since it was made, in bytes on the wire; and what of it broke a rule. */
export interface NetworkTraffic {
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Items of messages that were dropped, and streams that were reset. */
  readonly itemFaults: number
  readonly streamFaults: number
  /** Received, and not dealt with yet. */
  readonly unreadBytes: number
}

/** Asks the routing systems who provides a block. Untrusted: an answer is a hint. */
export interface ProviderFinder {
  findProviders(cid: CID, options?: AbortOptions): AsyncIterable<Provider>
}

/** Blocks by multihash. An I/O error rejects; only true absence is `undefined`. */
export interface Blockstore {
  get(cid: CID, options?: AbortOptions): MaybePromise<Uint8Array | undefined>
  /** Size in bytes of a stored block, without reading it. */
  size(cid: CID, options?: AbortOptions): MaybePromise<number | undefined>
  /** Resolves when the block is as durable as the store promises. The bytes are not changed by anyone afterwards. */
  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): MaybePromise<void>
}

/** One partner's account as it is written down. Times are milliseconds since 1970. */
export interface LedgerRecord {
  readonly peer: PeerId
  /** Lifetime bytes and exchanges; never decay. */
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly exchanges: number
  /** Decayed bytes, as they stood at `updatedAt`. */
  readonly recentSent: number
  readonly recentReceived: number
  readonly updatedAt: number
}

/** Keeps what is known of peers across restarts. */
export interface RecordStore<Kept> {
  all(): AsyncIterable<Kept>
  save(records: readonly Kept[]): Promise<void>
  remove(peers: readonly PeerId[]): Promise<void>
}

/** Keeps ledgers across restarts. */
export type LedgerStore = RecordStore<LedgerRecord>

/** How far one peer can be trusted, as it is written down. Times are milliseconds since 1970. */
export interface TrustRecord {
  readonly peer: PeerId
  /** Decayed counts, as they stood at `updatedAt`: blocks delivered, "have" without a block, blocks that were wrong. */
  readonly delivered: number
  readonly broken: number
  readonly mismatches: number
  /** 0: not measured. */
  readonly latencyMs: number
  readonly bytesPerSecond: number
  /** Bans so far, and until when the last one holds; 0 for none. */
  readonly bans: number
  readonly bannedUntil: number
  readonly reason: string
  readonly updatedAt: number
}

export type TrustStore = RecordStore<TrustRecord>

export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds on a clock that only goes forward. For durations. */
  now(): number
  /** Milliseconds since 1970. Only for what is written down and read by a later process. */
  epochMs(): number
  setTimer(delayMs: number, run: () => void): Timer
  /** Runs once the events at hand are dealt with; used to act once on many facts. */
  defer(run: () => void): void
}

export interface Random {
  /** A number in [0, 1). */
  next(): number
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** Computes digests, by multihash code. A code that is not here is not accepted. */
export interface Hashers {
  /** Makes ready the functions that take a moment to set up; until then `has` denies them. */
  load(): Promise<void>
  has(code: number): boolean
  /** The digest of `bytes`, whole (not truncated). Synchronous: blocks are small, and a hop costs more than the hash. */
  digest(code: number, bytes: Uint8Array): Uint8Array
  /** The same as text, one character a byte, of which keys are made: spares the hot path an array for each block. */
  digestText(code: number, bytes: Uint8Array): string
}
