/** How the interop scenarios drive a peer that somebody else wrote: Boxo, Kubo, Helia, each behind its own driver. */
import type { CID } from 'multiformats/cid'

export type HashName = 'sha2-256' | 'sha2-512' | 'blake3' | 'identity'
export type CodecName = 'raw' | 'dag-pb' | 'dag-cbor'
export type EncryptionName = 'tls' | 'noise'
export type TransportName = 'tcp' | 'ws'
export type KeyTypeName = 'ed25519' | 'rsa'

/** What the CID of a block is to look like. By default version 1, raw, sha2-256. */
export interface BlockFormat {
  readonly codec?: CodecName
  readonly hash?: HashName
  readonly version?: 0 | 1
}

export interface ForeignBlock {
  readonly cid: CID
  readonly bytes: Uint8Array
}

/** What a program can do, so far as programs differ. A scenario that needs more is not in its list. */
export interface ForeignFeatures {
  /** Tells which CIDs a partner wants of it. */
  readonly wantlistOf: boolean
  /** Tells what it traded with a partner. */
  readonly ledger: boolean
  /** Can be confined to one encryption, transport, or list of protocols; can have these kinds of identity. */
  readonly encryptions: readonly EncryptionName[]
  readonly transports: readonly TransportName[]
  readonly protocols: boolean
  readonly keyTypes: readonly KeyTypeName[]
  /** Blocks that it can store and ask for. */
  readonly hashes: readonly HashName[]
  readonly codecs: readonly CodecName[]
  /** Bytes of the largest block that it gives over bitswap; it takes any that a message carries. */
  readonly largestBlock: number
  /** Tells its partners what it does not want any more. */
  readonly cancels: boolean
  /** Sends a block that a partner wanted before it was stored, without being asked again. */
  readonly servesLate: boolean
  /** Wants of one partner that it keeps; what is beyond is dropped or refused. */
  readonly keepsWants: number
  /** Wants of one request that it brings to an end; some programs stall beyond that. */
  readonly wantsAtOnce: number
}

export interface GetOptions {
  /** Takes the request back: the program cancels its want. The call rejects. */
  readonly signal?: AbortSignal
  /** Gives up, and rejects, after this time. 60,000 by default. */
  readonly timeoutMs?: number
  /** Addresses of peers to ask, for programs that take such hints; they are connected to already. */
  readonly from?: readonly string[]
}

/** Bytes are those of blocks alone. */
export interface ForeignLedger {
  readonly bytesSent: number
  readonly bytesReceived: number
  /** Blocks either way; left out where the program counts something else. */
  readonly exchanges?: number | undefined
}

/** A running program. What fails rejects with an Error that says what the program said. */
export interface ForeignPeer {
  /** Of the program, with its version: `boxo 0.42.1`. */
  readonly name: string
  /** Its peer id as text. */
  readonly id: string
  /** Where it listens, on loopback, with its peer id. */
  readonly addresses: readonly string[]
  /** Stores a block, and tells partners that wait for it; answers the CID that the program itself computed. */
  put(bytes: Uint8Array, format?: BlockFormat): Promise<CID>
  /** Stores many blocks; answers their CIDs in order. */
  putMany(all: readonly Uint8Array[], format?: BlockFormat): Promise<CID[]>
  /** From its store, else from the peers it is connected to. */
  get(cid: CID, options?: GetOptions): Promise<Uint8Array>
  /** Blocks as they arrive, wanted together as far as the program can; rejects when one cannot be had. */
  getMany(cids: readonly CID[], options?: GetOptions): AsyncIterable<ForeignBlock>
  /** By an address with a peer id. Resolves when connected. */
  connect(address: string): Promise<void>
  /** Closes all connections to a peer. */
  disconnect(peerId: string): Promise<void>
  /** Peers it is connected to and knows to speak bitswap. */
  partners(): Promise<readonly string[]>
  /** What a partner wants of this program; empty where `features.wantlistOf` is false. */
  wantlistOf(peerId: string): Promise<readonly CID[]>
  /** What it traded with a partner; undefined where `features.ledger` is false, or before they traded. */
  ledgerWith(peerId: string): Promise<ForeignLedger | undefined>
  /** Ends the program and removes what it wrote to disk. Calling it twice is harmless. */
  stop(): Promise<void>
}

export interface ForeignStart {
  /** The only encryption it offers; its own choice when left out. */
  readonly encryption?: EncryptionName
  /** What it listens on; TCP when left out. */
  readonly transport?: TransportName
  /** Bitswap protocols that it speaks, such as `/ipfs/bitswap/1.1.0`; its own choice when left out. */
  readonly protocols?: readonly string[]
  readonly keyType?: KeyTypeName
}

/** A program that can be started, any number of times. */
export interface ForeignKind {
  readonly name: string
  readonly features: ForeignFeatures
  /** Undefined when it can be started; else the reason why not, for people: which tool is missing, what to install. */
  available(): Promise<string | undefined>
  /** What may take minutes before the first start, such as a build. Done once before all tests; cheap when repeated. */
  prepare(): Promise<void>
  /** Starts the program, prepared if need be; resolves when it listens. */
  start(options?: ForeignStart): Promise<ForeignPeer>
}
