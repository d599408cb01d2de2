/** What a session needs of the other actors, and no more. */
import type { CID } from 'multiformats/cid'
import type { ReadonlyFewMap, ReadonlyFewSet } from '../few.ts'
import type { CidKey, PeerId } from '../ids.ts'
import type { WantType } from '../message/message.ts'
import type { SessionOptions } from '../options.ts'
import type { Blockstore, Clock, Logger, Provider } from '../ports.ts'
import type { BroadcastControl } from './broadcast-control.ts'
import type { SessionInside } from '../session-inside.ts'

/** A want as all sessions share it. */
export interface SharedWant {
  readonly cid: CID
  readonly key: CidKey
  /** Sessions that want it. */
  readonly holders?: { readonly size: number }
  readonly told: ReadonlyFewSet<PeerId>
  /** The block is here and being stored: nobody is to be asked for it. */
  readonly claimed: boolean
  /** Peers asked for the bytes that have not answered, with the time they were asked. */
  readonly inFlight: ReadonlyFewMap<PeerId, AskedAt>
}

/** When a peer was asked for a block, in milliseconds, and how many it had delivered by then. */
export interface AskedAt {
  readonly at: number
  readonly delivered: number
}

export interface WantHolder {
  fulfilled(key: CidKey, bytes: Uint8Array, from: PeerId | undefined): void
  presence(key: CidKey, peer: PeerId, have: boolean): void
  wantedToo?(peer: PeerId): void
  failed(key: CidKey, error: Error): void
}

export interface Wants {
  hold(cid: CID, holder: WantHolder): SharedWant
  release(key: CidKey, holder: WantHolder): boolean
  ask(peer: PeerId, want: SharedWant, type: WantType, priority: number): boolean
  /** How many more wants can be told to a peer. */
  room(peer: PeerId): number
  retract(peer: PeerId, want: SharedWant): void
  giveUp(peer: PeerId, want: SharedWant): void
  /** Tells holders who else wants a block, until they forget it. */
  readonly seekers?: {
    remember(key: CidKey, holder: WantHolder): void
    forget(key: CidKey, holder: WantHolder): void
  }
  /** What the peer was asked for, and what still stands: the bytes, or whether it has them. */
  askedFor(peer: PeerId, want: SharedWant): WantType | undefined
}

export interface PeerPace {
  readonly outstanding: number
  /** When the peer last delivered a block that it was asked for. */
  readonly deliveredAt: number
  /** Round trip in milliseconds, as far as it is known. */
  readonly roundTripMs?: number
  /** 0 until measured. */
  readonly blocksPerSecond: number
  hasSlack(): boolean
  /** Blocks to keep in flight. */
  window(): number
  /** The same, for a peer that so many others need as well: no more than keeps it busy. */
  leanWindow(others: number): number
  /** Blocks asked for that may be on their way, so that taking the want back is in vain. */
  underWay(): number
  expectedFinishMs(): number
  /** How long a block asked for then should take in all. */
  expectedInAllMs(ask: AskedAt): number
  isStalled(now: number): boolean
  /** From when on its silence is worth a second copy of what it owes; Infinity while it owes nothing. */
  hangsAt(): number
}

export interface PeerWatch {
  peerConnected(peer: PeerId): void
  peerDisconnected(peer: PeerId): void
  peerLied(peer: PeerId): void
  peersStalled(peers: ReadonlySet<PeerId>): void
}

/** Wants that wait for busy peers. */
export interface RoomSeeker {
  /** How many. */
  readonly waiting: number
  /** How many more wants the peer can be told. */
  roomAt(peer: PeerId): number
  /** It asks a peer for more while the peer owes less than this. */
  limitAt(pace: PeerPace): number
  hasRoom(): void
}

/** All that connected peers said of one block. Times are those of the clock, in milliseconds. */
export interface BlockEvidence {
  /** How many said that they have it. */
  readonly haves: number
  of(peer: PeerId, now: number): 'have' | 'unknown' | 'dont-have'
  /** Who said so, as far as it still holds. */
  said(what: 'have' | 'dont-have', now: number): readonly PeerId[]
}

export interface Peers {
  peers(): Iterable<PeerId>
  /** Tells all watchers of every peer that was silent for too long while it owed blocks, whichever session asked. */
  reportStalled(): void
  /** When the first peer that owes blocks would count as stalled; Infinity while none does. */
  nextStallAt(): number
  isTrusted(peer: PeerId): boolean
  /** How likely it keeps its word, 0 to 1; 0.5 for a stranger. */
  trust(peer: PeerId): number
  pace(peer: PeerId): PeerPace | undefined
  presence(peer: PeerId, key: CidKey): 'have' | 'unknown' | 'dont-have'
  /** Undefined where nobody said anything. */
  evidence(key: CidKey): BlockEvidence | undefined
  recordPresence(peer: PeerId, key: CidKey, have: boolean): void
  connect(provider: Provider, signal: AbortSignal): Promise<PeerId>
  watch(watcher: PeerWatch): void
  unwatch(watcher: PeerWatch): void
  /** Tells `seeker` in its turn when one of these busy peers, and no other, has room. */
  awaitRoom(seeker: RoomSeeker, peers: ReadonlySet<PeerId>): void
  /** It waits for nobody any more. */
  leaveRows(seeker: RoomSeeker): void
}

export interface Search {
  /**
   * Starts or joins a search, or waits for its turn, in which those that are made again come last; the returned function
   * leaves it. False when too many wait.
   */
  seek(cid: CID, found: (peer: PeerId) => void, isRepeat?: boolean): (() => void) | false
}

export interface SessionParts {
  /** The id of this peer, by which its choices differ from those that others make in its place. */
  readonly self?: PeerId | undefined
  /** Partners that wait for a block: what we want as well, or have just got. */
  readonly awaitedBy?: (key: CidKey) => Iterable<PeerId>
  readonly wants: Wants
  readonly peers: Peers
  readonly search: Search
  readonly blockstore: Pick<Blockstore, 'get'>
  readonly clock: Clock
  readonly logger: Logger
  readonly options: SessionOptions
  /** Which bystanders are asked for what nobody is known to have. */
  readonly broadcast: BroadcastControl
  /** Shown once what the session holds, to look at it whenever somebody asks. */
  readonly shown?: (inside: SessionInside) => void
}
