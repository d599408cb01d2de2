/**
 * The public face of the exchange, as its users see it: what `createBitswap` returns and what its calls take and give.
 */
import type { CID } from 'multiformats/cid'
import type { ExchangeInsight } from './exchange-insight.ts'
import type { PeerId, PeerIdLike } from './ids.ts'
import type { WantType } from './message/message.ts'
import type { AbortOptions } from './ports.ts'

/** A hint where a block may be: a peer id, or a multiaddr with or without one, as text or as the libp2p object. */
export type ProviderLike = PeerIdLike

/**
 * Progress of a request, named as in the IPFS world. `bitswap:want` and `bitswap:unwant`: the CID. `bitswap:send-wantlist`:
 * `{ cid, peer }`, a peer was asked for the block. `bitswap:block`: `{ cid, from }`, it is here.
 */
export interface ProgressEventLike {
  readonly type: string
  readonly detail: unknown
}

/**
 * How a request is run. A request hands out only what is stored: a block that arrives and cannot be stored (disk full …)
 * fails it with the error of the store, for asking another peer cannot help.
 */
export interface GetOptions extends AbortOptions {
  /** Peers to ask first. Others are asked when none of these can answer. Not connected to when `offline`. */
  readonly providers?: Iterable<ProviderLike> | undefined
  /**
   * False: ask nobody but `providers`, and search for no others: whoever else is connected does not learn what is wanted.
   * A block that none of them has, when asked twice within some seconds, is a `NotFoundError`. Holds for a whole session.
   */
  readonly broadcast?: boolean | undefined
  /** Only look in the local store; reject with `NotFoundError` when the block is not there. */
  readonly offline?: boolean | undefined
  readonly onProgress?: ((event: ProgressEventLike) => void) | undefined
  /** What it is for, in a few words; shown beside what it wants. Holds for a whole session. */
  readonly label?: string | undefined
}

/** A block with where it came from: the peer that sent it, or undefined for the local store. */
export interface FetchedBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
  readonly from: PeerId | undefined
}

/** CIDs to fetch, as a list or as they become known. */
export type CidSource = Iterable<CID> | AsyncIterable<CID>

/** Related wants and the peers that serve them. Close it when done; it also ends with its `signal`. */
export interface ExchangeSession {
  /** Local first, then the network. Stored and verified when it resolves. Rejects with the reason of `signal`. */
  get(cid: CID, options?: GetOptions): Promise<Uint8Array>
  /**
   * Blocks as they arrive, not in the order asked; CIDs are taken as fast as blocks are consumed. The first block that can
   * not be fetched or stored ends the whole request. All errors, also of a session that is closed, come from `next()`;
   * the call itself throws nothing.
   */
  getMany(cids: CidSource, options?: GetOptions): AsyncGenerator<FetchedBlock>
  /** Fetches into the local store ahead of use; failures show when the block is asked for. */
  prefetch(cids: Iterable<CID>): void
  /** One more peer to ask; also for blocks that are being waited for. Connected to, if need be, as long as it is named. */
  addProvider(provider: ProviderLike): void
  close(): void
  [Symbol.dispose](): void
}

/** What a partner and this peer exchanged. Bytes are block bytes, without overhead. */
export interface LedgerView {
  readonly peer: PeerId
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Blocks and batches of blocks that went either way. */
  readonly exchanges: number
  /** sent / (received + 1), of bytes that decay with time. */
  readonly debtRatio: number
}

/** A block that this peer wants. How it is asked for differs from partner to partner, and from moment to moment. */
export interface OwnWantView {
  readonly cid: CID
}

/** One line of a partner's wantlist, as the partner sent it. */
export interface WantView {
  readonly cid: CID
  readonly type: WantType
  readonly priority: number
}

/** Counters since the start. Bytes are block bytes. */
export interface ExchangeStat {
  readonly wantlist: readonly CID[]
  /** Connected peers that speak bitswap. */
  readonly partners: readonly PeerId[]
  /** Every block that arrived, wanted or not. */
  readonly blocksReceived: number
  readonly dataReceived: number
  /** Blocks that had already arrived when they came once more. */
  readonly dupBlocksReceived: number
  readonly dupDataReceived: number
  /** Blocks nobody here had asked for; dropped. */
  readonly unwantedBlocksReceived: number
  readonly unwantedDataReceived: number
  readonly messagesReceived: number
  readonly messagesSent: number
  readonly blocksSent: number
  readonly dataSent: number
  /** Entries, blocks and messages of peers that broke a rule and were dropped. */
  readonly faults: number
}

/** What a want is answered with: the block, "dont-have" as if it were not here, or nothing at all. */
export type Verdict = 'serve' | 'dont-have' | 'silent'

/**
 * What a rule is about: a peer, a CID, or a CID where a certain peer asks for it. CIDs count by their multihash: a rule
 * on one is a rule on all CIDs of the same block.
 */
export interface RuleTarget {
  readonly peer?: PeerIdLike | undefined
  readonly cid?: CID | undefined
}

export interface PolicyRule {
  readonly effect: 'allow' | 'deny'
  readonly peer?: PeerId | undefined
  readonly cid?: CID | undefined
}

/**
 * Decides about each want that no rule denies, but where a rule allows this very CID to this very peer. Must be quick. If it
 * throws, the want is denied.
 */
export type PolicyFunction = (peer: PeerId, cid: CID) => Verdict

/**
 * Who is dealt with, and who gets what. The rule that says most counts: one on peer and CID before one on either. Deny
 * comes before allow. As soon as one peer (or CID) is allowed, peers (or CIDs) that are not are denied: an allow list.
 * A peer that is denied is not connected to, its streams are refused, and it is sent nothing. Any other denial is
 * answered as if the block were not here. Rules may change at any time, and hold for all that was not sent before.
 */
export interface ExchangePolicy {
  allow(target: RuleTarget): void
  deny(target: RuleTarget): void
  /** Takes a rule back. False when there was none on exactly this. */
  remove(target: RuleTarget): boolean
  /** False for a peer that a rule denies altogether. */
  admits(peer: PeerIdLike): boolean
  /**
   * False for a block that is kept from whoever asks without a name, as over HTTP: who is served what a peer is that no rule
   * names. Where peers are allowed, or a function decides by who asks, that is nothing.
   */
  serves(cid: CID): boolean
  rules(): readonly PolicyRule[]
}

/** How far a peer can be trusted, and why. Counts are not whole: they lose half their weight every half-life. */
export interface TrustView {
  readonly peer: PeerId
  /** 0 to 1; 0.5 for a peer of which nothing is known. */
  readonly score: number
  /** Blocks it was asked for and sent. */
  readonly delivered: number
  /** Blocks it said it has, was asked for, and did not send. */
  readonly brokenPromises: number
  /** Bytes it sent that were not what was asked for. */
  readonly mismatches: number
  /** Shortest time of late from asking to having. */
  readonly latencyMs: number | undefined
  readonly bytesPerSecond: number | undefined
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly debtRatio: number
  /** What its connection is worth, 0 to 100: when there are too many, those worth less are closed first. */
  readonly worth: number
  /** Strikes of late; with enough of them a peer is banned for a while. */
  readonly strikes: number
  readonly banned: { readonly reason: string; readonly leftMs: number } | undefined
}

/** What is known of peers. It survives restarts, where the exchange was given a store. */
export interface ExchangeTrust {
  of(peer: PeerIdLike): TrustView | undefined
  all(): readonly TrustView[]
  /** Those who are banned now; costs next to nothing while nobody is. */
  bannedPeers(): readonly PeerId[]
  /**
   * Refuses a peer for so long: its connections are closed, and it is sent nothing. To refuse it for good, deny it by
   * `policy`. Throws `InvalidParametersError` for a time that is none.
   */
  ban(peer: PeerIdLike, options?: { readonly forMs?: number; readonly reason?: string }): void
  /** False when the peer was not banned. */
  unban(peer: PeerIdLike): boolean
}

/** Bytes of blocks in a second; 0 for no limit. */
export interface RateLimits {
  readonly upload: number
  readonly download: number
  /** To, and from, each peer; not above the limit of all together, where there is one. */
  readonly uploadPerPeer: number
  readonly downloadPerPeer: number
}

/** Limits of one peer, in the place of those of each. Undefined: as for each; 0: no limit. */
export interface PeerRates {
  readonly upload?: number | undefined
  readonly download?: number | undefined
}

export interface PeerRateLimits extends PeerRates {
  readonly peer: PeerId
}

export interface ExchangeLimits {
  get(): RateLimits
  /** Peers that have limits of their own. */
  ofPeers(): readonly PeerRateLimits[]
  /**
   * Limits of its own for a peer, connected or not, from now on; both are replaced, and without any it is as every other.
   * Throws `InvalidParametersError` for a limit that is none, or above that of all together, and when 1,024 peers have some.
   */
  setPeer(peer: PeerIdLike, rates: PeerRates): void
  /**
   * Changes those that are given, from now on. Throws `InvalidParametersError` for one that is none, and where the limit of
   * each peer, or of one, would be above that of all together.
   */
  set(limits: Partial<RateLimits>): void
}

/** A running exchange. `get` and `getMany` are those of a session made for one request. */
export interface Exchange {
  /** Rejects when something cannot be started; all is stopped again then. May be called after `stop`. */
  start(): Promise<void>
  /** Waits for a start under way. Ends stopped even when it rejects, with the first error. */
  stop(): Promise<void>
  get(cid: CID, options?: GetOptions): Promise<Uint8Array>
  getMany(cids: CidSource, options?: GetOptions): AsyncGenerator<FetchedBlock>
  createSession(options?: GetOptions): ExchangeSession
  /** Verifies and stores a block, then wakes the partners that wait for it. */
  put(cid: CID, bytes: Uint8Array, options?: AbortOptions): Promise<void>
  /** Tells the exchange of blocks that the caller stored itself. */
  notify(cids: Iterable<CID>): Promise<void>
  /** Does this peer, or a partner, wait for this block now? `notify` has nobody to tell of others. */
  isAwaited(cid: CID): boolean
  /** What this peer wants. */
  wantlist(): readonly OwnWantView[]
  /** What a partner wants of this peer. */
  wantlistOf(peer: PeerIdLike): readonly WantView[]
  ledger(peer: PeerIdLike): LedgerView | undefined
  ledgers(): readonly LedgerView[]
  stat(): ExchangeStat
  readonly policy: ExchangePolicy
  readonly limits: ExchangeLimits
  readonly trust: ExchangeTrust
  /** What goes on inside, and why something is stuck. */
  readonly insight: ExchangeInsight
}
