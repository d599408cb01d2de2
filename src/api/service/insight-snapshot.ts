/**
 * A peer at one moment, as plain JSON: the parts and rows that `insight-service.ts` is about. What is not known is left out.
 * Times are milliseconds since 1970, so that a row does not change by growing older.
 */
import type { SessionRow, WantRow } from './insight-wants.ts'

/** A bounded list, and how many there are. */
export interface Listing<Row> {
  readonly total: number
  readonly rows: readonly Row[]
}

export interface Snapshot {
  readonly at: number
  readonly peer: PeerPart
  readonly traffic: TrafficPart
  /** What this peer wants; the oldest wants. `id` is the CID. */
  readonly wants: Listing<WantRow>
  /** Connected peers, then others that are banned, denied or limited. `id` is the peer id. */
  readonly partners: Listing<PartnerRow>
  readonly sessions: Listing<SessionRow>
  readonly engine: EnginePart
  readonly store: StorePart
  readonly providing: ProvidingPart
  /** What was not let in, not served or not kept, since the start. `id` is a stable name. Those that happened alone. */
  readonly refused: Listing<RefusedRow>
  /** The last lines, oldest first. */
  readonly log: readonly LogRow[]
}

export interface PeerPart {
  readonly id: string
  readonly agent: string
  readonly startedAt: number
  /** Where others reach this peer. At most 32. */
  readonly addresses: readonly string[]
  readonly addressesTotal: number
  readonly routing: {
    /** As in the config: `auto`, `dht`, `dhtclient`, `delegated`, `none` … */
    readonly type: string
    /** Why nobody can be asked for providers; left out when somebody can. */
    readonly off?: string | undefined
  }
  /** Does it serve blocks to others? */
  readonly isServing: boolean
  /** Connections by who dialled. */
  readonly peersIn: number
  readonly peersOut: number
  /** Of them, peers that speak bitswap. */
  readonly partners: number
  /** Only in a private swarm. */
  readonly swarmKeyFingerprint?: string | undefined
}

/** Bytes, or bytes a second. */
export interface Flow {
  /** Block bytes that were wanted. */
  readonly payload: number
  /** Block bytes that had come before, or that nobody had asked for. Always 0 on the way out. */
  readonly duplicate: number
  /** Everything else that bitswap sent: wantlists, presences, headers. */
  readonly overhead: number
}

export interface TrafficPart {
  /** Bytes a second over the last `overMs`. */
  readonly overMs: number
  readonly in: Flow
  readonly out: Flow
  /** Bytes since the start. */
  readonly totalIn: Flow
  readonly totalOut: Flow
  readonly messagesIn: number
  readonly messagesOut: number
  readonly blocksIn: number
  readonly blocksOut: number
  readonly duplicateBlocksIn: number
  /** Limits of all peers together, and of each, in bytes a second; 0 for none. */
  readonly limits: {
    readonly upload: number
    readonly download: number
    readonly uploadPerPeer: number
    readonly downloadPerPeer: number
  }
}

export interface PartnerRow {
  /** The peer id. */
  readonly id: string
  readonly isConnected: boolean
  /** As the peer says: not to be trusted, and to be shown as text. At most 128 characters. */
  readonly agent?: string | undefined
  readonly direction?: 'inbound' | 'outbound' | undefined
  readonly address?: string | undefined
  readonly connections: number
  readonly connectedAt?: number | undefined
  /** The newest version of bitswap that it speaks, such as `/ipfs/bitswap/1.2.0`. */
  readonly protocol?: string | undefined
  readonly latencyMs?: number | undefined
  /** Block bytes, over all times. */
  readonly sent: number
  readonly received: number
  readonly exchanges: number
  /** sent / (received + 1) of bytes that decay. */
  readonly debtRatio: number
  /** What it waits for: wants of it, of which so many have a block here that waits to be sent. */
  readonly wants: number
  readonly pendingTasks: number
  readonly queuedBytes: number
  readonly inFlightBytes: number
  /** Wants of it that found no room. */
  readonly overflowDropped: number
  /** Blocks that we asked it for and that have not come. */
  readonly owes: number
  /** What we have told it that we want. */
  readonly told: number
  /** 0 to 1. */
  readonly score: number
  /** What its connection is worth, 0 to 100. */
  readonly worth: number
  readonly banned?: { readonly reason: string; readonly until: number } | undefined
  readonly policy: 'allowed' | 'denied' | 'default'
  /** Limits of its own, in bytes a second; 0: no limit. */
  readonly upload?: number | undefined
  readonly download?: number | undefined
  /** Stays connected by the word of the owner (`Peering`). */
  readonly isKept: boolean
}

export interface EnginePart {
  readonly strategy: string
  readonly about: string
  readonly slots: number
  /** Of the slots, those in use; more are when slow writes have lent theirs. */
  readonly slotsUsed: number
  readonly waitingPartners: number
  readonly wants: number
  /** Wants whose block is here and waits to be sent, and those being sent. */
  readonly pendingTasks: number
  readonly activeTasks: number
  readonly pendingBytes: number
  readonly inFlightBytes: number
  readonly lookups: number
  /** Entries of wantlists that are not read yet. */
  readonly waitingEntries: number
  /** Connected peers for whom there is no room. */
  readonly refusedPartners: number
}

export interface StorePart {
  /** As the config names it, such as `fs`. */
  readonly spec: string
  /** Left out until they were counted. */
  readonly blocks?: number | undefined
  readonly bytes?: number | undefined
  readonly countedAt?: number | undefined
  /** `Datastore.StorageMax`; left out for none. */
  readonly maxBytes?: number | undefined
  readonly caches: readonly CacheRow[]
  /** One for each store; the one in front first. */
  readonly io: readonly StoreRow[]
  readonly gc: {
    readonly state: 'off' | 'idle' | 'running'
    readonly lastAt?: number | undefined
    readonly removedBlocks?: number | undefined
    readonly freedBytes?: number | undefined
    readonly lastError?: string | undefined
  }
}

export interface CacheRow {
  readonly name: string
  readonly hits: number
  /** Hits and misses. */
  readonly lookups: number
}

export interface StoreRow {
  readonly store: string
  /** Of which hits found something, and misses nothing. */
  readonly reads: number
  readonly hits: number
  readonly misses: number
  readonly readBytes: number
  /** Time of calls side by side, added up. */
  readonly readMs: number
  readonly writes: number
  readonly writtenBytes: number
  readonly writeMs: number
  readonly errors: number
}

export interface ProvidingPart {
  readonly strategy: string
  readonly state: 'off' | 'stopped' | 'idle' | 'providing' | 'paused' | 'waiting'
  readonly queued: number
  readonly active: number
  readonly provided: number
  readonly failed: number
  readonly lastError?: string | undefined
  readonly cycle?:
    | {
        readonly startedAt?: number | undefined
        readonly finishedAt?: number | undefined
        readonly keys: number
        readonly durationMs?: number | undefined
        readonly nextAt?: number | undefined
      }
    | undefined
  /** How late the cycle will be, in milliseconds, at its pace so far; 0 when it is in time. */
  readonly behindMs: number
}

export interface RefusedRow {
  /** A stable name, such as `want-overflow`. */
  readonly id: string
  readonly by: 'limit' | 'policy' | 'rule'
  /** For people. */
  readonly text: string
  readonly count: number
}

export interface LogRow {
  /** Counts up from the start; no two lines have the same. */
  readonly seq: number
  readonly at: number
  readonly level: string
  readonly subsystem: string
  /** At most 1,000 characters. May hold what peers said: to be shown as text. */
  readonly message: string
}
