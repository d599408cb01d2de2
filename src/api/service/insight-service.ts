/**
 * What a peer is doing right now, and why: the contract of the page. All of it is plain JSON, under the same names on the
 * wire; its parts and rows are in `insight-snapshot.ts` and `insight-wants.ts`.
 *
 * Served to be looked at, by GET, to whoever may give commands:
 * - `/api/barter/snapshot`: a `Snapshot`. `?wants=`, `?partners=`, `?sessions=`, `?log=` say how many rows at most.
 * - `/api/barter/events`: the same as a stream of server-sent events. One `event: snapshot` with a `Snapshot`, then
 *   `event: change` with a `SnapshotChange`, at most once a second, and only when something changed. Every 15 seconds of
 *   silence bring a comment. The same query. 503 when `MAX_WATCHERS` watch already.
 * - `/api/barter/doctor?cid=`: a `Diagnosis`; of a path as well, or of the peer.
 *
 * What changes something is a command, by POST, as everything else that does: `bitswap/unwant?arg=<cid>`,
 * `swarm/connect?arg=<multiaddr>`, `swarm/disconnect?arg=/p2p/<peer>`, `bitswap/policy/allow|deny|rm?peer=<peer>`,
 * `bitswap/limits?peer=<peer>&upload=1MiB&download=1MiB`, `bitswap/ban|unban?arg=<peer>`, `log/level?arg=<subsystem>&arg=<level>`.
 */
import type { MaybePromise } from '../../ports.ts'
import type {
  EnginePart,
  Listing,
  LogRow,
  PartnerRow,
  PeerPart,
  ProvidingPart,
  RefusedRow,
  Snapshot,
  StorePart,
  TrafficPart
} from './insight-snapshot.ts'
import type { SessionRow, WantRow } from './insight-wants.ts'

/** Streams of events at a time. */
export const MAX_WATCHERS = 16

/** Rows of each list, where nobody says how many, and where somebody asks for more. */
export const DEFAULT_ROWS = { wants: 500, partners: 500, sessions: 100, log: 200 } as const
export const MAX_ROWS = { wants: 5_000, partners: 2_000, sessions: 2_000, log: 1_000 } as const

/** Rows that are new or not as they were, whole; and the ids of those that are not listed any more. */
export interface ListingChange<Row> {
  readonly total: number
  readonly set: readonly Row[]
  readonly gone: readonly string[]
}

/** What is not as it was. Of the lists that have rows, those rows; of the rest, the whole part. See `applyChange`. */
export interface SnapshotChange {
  readonly at: number
  readonly peer?: PeerPart | undefined
  readonly traffic?: TrafficPart | undefined
  readonly engine?: EnginePart | undefined
  readonly store?: StorePart | undefined
  readonly providing?: ProvidingPart | undefined
  readonly wants?: ListingChange<WantRow> | undefined
  readonly partners?: ListingChange<PartnerRow> | undefined
  readonly sessions?: ListingChange<SessionRow> | undefined
  readonly refused?: ListingChange<RefusedRow> | undefined
  /** New lines alone. */
  readonly log?: readonly LogRow[] | undefined
}

export type InsightEvent =
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly type: 'change'; readonly change: SnapshotChange }

/** Rows of each list at most; `DEFAULT_ROWS` where left out. */
export interface RowLimits {
  readonly wants?: number | undefined
  readonly partners?: number | undefined
  readonly sessions?: number | undefined
  readonly log?: number | undefined
}

export interface WatchOptions extends RowLimits {
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined
}

/** How long the doctor asks for a block: enough to ask peers, ask routing, and dial whom it named. */
export const TRIAL_MS = 10_000

export interface DiagnoseOptions {
  /** Milliseconds after which the answer should come, with what is known by then. */
  readonly withinMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** One thing that the doctor looked at. */
export interface Finding {
  /** `ok`: as it should be. `note`: worth knowing. `warning`: may be a reason. `problem`: is one. */
  readonly level: 'ok' | 'note' | 'warning' | 'problem'
  /** A stable name, such as `all-dont-have`. */
  readonly code: string
  readonly text: string
  /** What to do about it. */
  readonly advice?: string | undefined
}

export interface Diagnosis {
  /** The block that was asked about, or on the way to it; left out for the peer as a whole. */
  readonly cid?: string | undefined
  readonly findings: readonly Finding[]
}

/** Which wants are asked for. */
export interface WantsOptions {
  /** Only what sessions of this label want, as it is shown beside a want, and how it stands for these. */
  readonly label?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is asked by commands, of a peer in this process or in another. */
export interface InsightCommands {
  wants(limit?: number, options?: WantsOptions): MaybePromise<Listing<WantRow>>
  partners(limit?: number): MaybePromise<Listing<PartnerRow>>
  sessions(limit?: number): MaybePromise<Listing<SessionRow>>
  engine(): MaybePromise<EnginePart>
  /**
   * Ends the want for a block: each request that waits for it rejects with `WantCancelledError`. Returns how many sessions
   * wanted it; rejects with `NotFoundError` when none did.
   */
  unwant(cid: string): MaybePromise<number>
  /**
   * Why a block cannot be had, by its CID or a path that leads to it; without one, how the peer is doing. Takes some
   * seconds: it tries to fetch the block.
   */
  diagnose(path?: string, options?: DiagnoseOptions): Promise<Diagnosis>
}

/** What is served to be looked at. */
export interface InsightService extends InsightCommands {
  snapshot(limits?: RowLimits): MaybePromise<Snapshot>
  /** A snapshot, then what changes, until `signal`. Whoever reads slowly gets fewer changes, each with all that changed. */
  events(options?: WatchOptions): AsyncIterable<InsightEvent>
}
