/**
 * What a peer does for its owner, once and for all: the HTTP API offers it to the network stack of this machine, the
 * command line calls it, through the API when a daemon runs and on the repo itself when none does. Texts in, plain
 * values out; whoever implements it checks what it is given.
 */

import type { FileLayout } from '../../content/unixfs-file.ts'
import type { FileAttributes } from '../../content/unixfs-node.ts'
import type { MaybePromise } from '../../ports.ts'
import type { ConfigService } from './config-service.ts'
import type { ContentService } from './content-service.ts'
import type { DiagnosticsService } from './diagnostics-service.ts'
import type { IdInfo } from './id-info.ts'
import type { InsightCommands } from './insight-service.ts'
import type { StoreRow } from './insight-snapshot.ts'
import type { NetworkService } from './network-service.ts'
import type { LogService } from './log-service.ts'
import type { PolicyService } from './policy-service.ts'
import type { ReadOptions } from './read-options.ts'
import type { RoutingService } from './routing-service.ts'

export interface VersionInfo {
  readonly version: string
  readonly commit: string
  readonly repo: string
  readonly system: string
  /** The language runtime, as Kubo tells its own. */
  readonly runtime: string
}

/** One thing to add: a file with its content, a folder, or a symbolic link. `path` uses `/`, and never starts with it. */
export type AddCandidate = FileAttributes &
  (
    | { readonly type: 'file'; readonly path: string; readonly content: AsyncIterable<Uint8Array> }
    | { readonly type: 'folder'; readonly path: string }
    | { readonly type: 'link'; readonly path: string; readonly target: string }
  )

export interface AddOptions {
  readonly signal?: AbortSignal | undefined
  readonly cidVersion?: 0 | 1
  readonly rawLeaves?: boolean
  /** Bytes of a file that make one block. */
  readonly chunkBytes?: number
  /** Name of the hash function: `sha2-256` by default. */
  readonly hash?: string | undefined
  /** Blocks of up to so many bytes, 128 at most, become part of their CIDs, and are not stored. */
  readonly inlineBytes?: number | undefined
  /** `balanced` by default. */
  readonly layout?: FileLayout | undefined
  /** Links of a node of a file, 2 to 8192: 174 by default. */
  readonly maxFileLinks?: number | undefined
  /** Links of a node of a folder that is too large for one: a power of two from 8 to 1024, 256 by default. */
  readonly hamtFanout?: number | undefined
  /** Kept for everything that is added; what candidates bring instead, where that is asked for. */
  readonly attributes?: FileAttributes | undefined
  readonly preserveMode?: boolean
  readonly preserveMtime?: boolean
  /** Puts everything into one more folder, which keeps the names. */
  readonly wrap?: boolean
  /** Report bytes read, too. */
  readonly progress?: boolean
  /** Keep what is added: a recursive pin on each root. On by default. */
  readonly pin?: boolean
  readonly pinName?: string | undefined
  /** Tell the CIDs, and store nothing. */
  readonly onlyHash?: boolean
  /** Candidates read side by side; 1 where they come one after the other in a stream. */
  readonly concurrency?: number
}

export type AddEvent =
  | { readonly type: 'added'; readonly path: string; readonly cid: string; readonly size: number }
  | { readonly type: 'progress'; readonly path: string; readonly bytes: number }

/** A file, folder or link below a CID. `path` starts with the name of the root. Content must be read before the next. */
export type TreeEntry = FileAttributes &
  (
    | {
        readonly type: 'file'
        readonly path: readonly string[]
        readonly size: number
        readonly content: AsyncIterable<Uint8Array>
      }
    | { readonly type: 'folder'; readonly path: readonly string[] }
    | { readonly type: 'link'; readonly path: readonly string[]; readonly target: string }
  )

export interface Tree {
  /** Bytes to expect over all, as far as the root tells; for a progress bar. */
  readonly size: number
  readonly entries: AsyncIterable<TreeEntry>
}

/** Of all files together. */
export interface CatOptions extends ReadOptions {
  readonly offset?: number | undefined
  readonly length?: number | undefined
}

export interface CatResult {
  readonly size: number
  readonly content: AsyncIterable<Uint8Array>
}

export interface LinkInfo extends FileAttributes {
  readonly name: string
  readonly cid: string
  readonly size: number
  /** `unknown` where it was not looked at: see `ListOptions`. */
  readonly type: 'file' | 'folder' | 'link' | 'unknown'
  readonly target: string
}

export interface ListOptions extends ReadOptions {
  /** Read each block that is linked to, for its type and size. True by default; raw blocks need no look for their type. */
  readonly resolve?: boolean
}

export interface BlockPutOptions {
  readonly signal?: AbortSignal | undefined
  /** Name of the codec in the CID: `raw`, `dag-pb`, `dag-cbor` … */
  readonly codec?: string
  /** Name of the hash function: `sha2-256`, `blake3` … */
  readonly hash?: string
  readonly cidVersion?: 0 | 1
  /** Take more than 2 MiB, up to nearly 4, which not every peer does. */
  readonly allowBigBlock?: boolean
  /** Keep it: a recursive pin. */
  readonly pin?: boolean
}

export interface BlockInfo {
  readonly cid: string
  readonly size: number
}

/** What came of one removal; `error` when the block is still there. */
export interface RemoveResult {
  readonly cid: string
  readonly error?: string
}

export interface SwarmPeer {
  readonly address: string
  readonly peer: string
  readonly latencyMs: number | undefined
  readonly direction: 'inbound' | 'outbound'
  readonly streams: readonly string[]
}

export interface ConnectOptions extends Signal {
  /** The address need not name a peer: whoever answers there will do. */
  readonly anyPeer?: boolean
}

/** What came of one connect or disconnect. */
export interface SwarmResult {
  readonly peer: string
  readonly error?: string
}

/** A peer to stay connected to, and where it is dialled. */
export interface KeptPeerInfo {
  readonly peer: string
  readonly addresses: readonly string[]
}

/** Counters as Kubo names them. */
export interface BitswapInfo {
  readonly wantlist: readonly string[]
  readonly peers: readonly string[]
  readonly blocksReceived: number
  readonly dataReceived: number
  readonly dupBlocksReceived: number
  readonly dupDataReceived: number
  readonly messagesReceived: number
  readonly blocksSent: number
  readonly dataSent: number
}

export interface LedgerInfo {
  readonly peer: string
  readonly debtRatio: number
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly exchanges: number
}

export interface RepoInfo {
  readonly path: string
  readonly version: string
  readonly size: number
  readonly storageMax: number | undefined
  readonly blocks: number
  /** What each store did since it was opened, when that was asked for. */
  readonly stores?: readonly StoreRow[] | undefined
}

/** What is asked of a repo beside its size: not the rest, or what its stores do as well. */
export interface RepoQuery extends Signal {
  readonly sizeOnly?: boolean
  readonly io?: boolean
}

type Signal = { readonly signal?: AbortSignal | undefined }

export interface PeerService {
  readonly config: ConfigService
  readonly log: LogService
  readonly contents: ContentService
  readonly policy: PolicyService
  readonly routing: RoutingService
  readonly network: NetworkService
  readonly insight: InsightCommands
  readonly diagnostics: DiagnosticsService
  version(): MaybePromise<VersionInfo>
  id(peer?: string, options?: Signal): Promise<IdInfo>
  add(candidates: AsyncIterable<AddCandidate>, options?: AddOptions): AsyncIterable<AddEvent>
  /** Several files are given as one. */
  cat(paths: string | readonly string[], options?: CatOptions): Promise<CatResult>
  get(path: string, options?: ReadOptions): Promise<Tree>
  /** The links of a folder, as they are found. */
  ls(path: string, options?: ListOptions): AsyncIterable<LinkInfo>
  blockPut(bytes: Uint8Array, options?: BlockPutOptions): Promise<BlockInfo>
  /** Waits for as long as nobody has the block, or until `signal`. */
  blockGet(path: string, options?: ReadOptions): Promise<Uint8Array>
  blockStat(path: string, options?: ReadOptions): Promise<BlockInfo>
  blockRemove(paths: readonly string[], options?: Signal & { force?: boolean }): AsyncIterable<RemoveResult>
  swarmConnect(address: string, options?: ConnectOptions): Promise<SwarmResult>
  swarmDisconnect(address: string, options?: Signal): Promise<SwarmResult>
  swarmPeers(): MaybePromise<readonly SwarmPeer[]>
  /** Addresses by peer, of every peer known. */
  swarmAddresses(): Promise<ReadonlyMap<string, readonly string[]>>
  swarmLocalAddresses(options?: { id?: boolean }): MaybePromise<readonly string[]>
  swarmListenAddresses(): MaybePromise<readonly string[]>
  /** Stays connected to the peer at the end of a multiaddr. */
  peeringAdd(address: string): Promise<SwarmResult>
  peeringList(): MaybePromise<readonly KeptPeerInfo[]>
  /** Stays connected to the peer no longer; one that was not kept is none the worse for it. */
  peeringRemove(peer: string): Promise<SwarmResult>
  /** Peers to begin with. */
  bootstrapList(): MaybePromise<readonly string[]>
  /** Returns what was given; kept for the next start. */
  bootstrapAdd(addresses: readonly string[]): Promise<readonly string[]>
  /** Returns what was there and is not any more. */
  bootstrapRemove(addresses: readonly string[] | 'all'): Promise<readonly string[]>
  bitswapStat(): MaybePromise<BitswapInfo>
  /** CIDs this peer wants, or those that `peer` wants of it. */
  bitswapWantlist(peer?: string): MaybePromise<readonly string[]>
  bitswapLedger(peer: string): MaybePromise<LedgerInfo>
  bitswapLedgers(): MaybePromise<readonly LedgerInfo[]>
  repoStat(options?: RepoQuery): Promise<RepoInfo>
  shutdown(): MaybePromise<void>
}
