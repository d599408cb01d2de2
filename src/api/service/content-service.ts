/**
 * What a peer does for its owner with what it stores: what is kept, what is removed, DAGs as files and as data. Texts in,
 * plain values out; paths are CIDs, `/ipfs/<cid>/…` or `ipfs://<cid>/…`.
 */
import type { CollectStatus } from '../../content/collector.ts'
import type { MaybePromise } from '../../ports.ts'
import type { ReadOptions } from './read-options.ts'

type Signal = { readonly signal?: AbortSignal | undefined }

export interface PinAddOptions extends ReadOptions {
  /** True by default. */
  readonly recursive?: boolean
  readonly name?: string | undefined
  /** Gives up when no block came for so long. Undefined: waits on. */
  readonly idleMs?: number | undefined
}

/** `progress`: blocks and bytes that are here, of all paths together. */
export type PinAddEvent =
  | { readonly type: 'progress'; readonly blocks: number; readonly bytes: number }
  | { readonly type: 'pinned'; readonly cid: string }

export type PinType = 'direct' | 'recursive' | 'indirect' | 'all'

export interface PinListOptions extends Signal {
  readonly type?: PinType
  /** A part of the name. */
  readonly name?: string | undefined
  /** Only these; one that is not pinned fails. Offline, but for paths with names in them. */
  readonly paths?: readonly string[]
}

export interface PinInfo {
  readonly cid: string
  readonly type: 'direct' | 'recursive' | 'indirect'
  readonly name: string
  /** The root of the pin that keeps an indirect one, where it was asked for by name. */
  readonly via?: string
}

/** A recursive pin, and what is wrong below it. */
export interface PinStatus {
  readonly cid: string
  readonly bad: readonly { readonly cid: string; readonly error: string }[]
}

export interface PinService {
  add(paths: readonly string[], options?: PinAddOptions): AsyncIterable<PinAddEvent>
  /** Resolves with the CIDs that are no longer pinned. */
  remove(paths: readonly string[], options?: Signal & { readonly recursive?: boolean }): Promise<readonly string[]>
  /** Resolves with both CIDs. */
  update(from: string, to: string, options?: ReadOptions & { readonly unpin?: boolean }): Promise<readonly string[]>
  list(options?: PinListOptions): AsyncIterable<PinInfo>
  verify(options?: Signal): AsyncIterable<PinStatus>
}

/**
 * `failed`: something that must stay cannot be read, and so nothing will be removed. `untold`: so many were removed beside
 * those told of, while nobody read.
 */
export type CollectedEvent =
  | { readonly type: 'removed'; readonly cid: string }
  | { readonly type: 'failed'; readonly error: string }
  | { readonly type: 'untold'; readonly removed: number }

export interface VerifyOptions extends Signal {
  /** Remove what is damaged. */
  readonly drop?: boolean
  /** And fetch it again. */
  readonly heal?: boolean
  /** For each block. */
  readonly healTimeoutMs?: number
}

/** `unreadable`: whether it is damaged cannot be told, and so it was left alone. */
export type VerifyEvent =
  | { readonly type: 'progress'; readonly blocks: number }
  | {
      readonly type: 'damaged'
      readonly cid: string
      readonly outcome: 'kept' | 'removed' | 'healed' | 'lost' | 'unreadable'
      readonly reason: string
      /** Of a `lost` one, the file that its bytes were moved to, where they were. */
      readonly quarantine?: string | undefined
    }

/** When blocks are removed without being asked to. */
export interface AutomaticCollection {
  readonly enabled: boolean
  /** Bytes after which it begins (`Datastore.StorageMax` and `StorageGCWatermark`). */
  readonly limitBytes: number | undefined
  /** Bytes stored, as far as known. */
  readonly storedBytes: number | undefined
  readonly periodMs: number
}

export interface GcStatus extends CollectStatus {
  readonly automatic: AutomaticCollection
}

export interface StoreService {
  /**
   * Removes what no pin keeps, whether or not its events are read on. Rejects, with nothing removed, when something that
   * must stay cannot be read.
   */
  collect(options?: Signal): AsyncIterable<CollectedEvent>
  gcStatus(): MaybePromise<GcStatus>
  /** Reads every block, and checks it. */
  verify(options?: VerifyOptions): AsyncIterable<VerifyEvent>
  /** Raw CIDs of everything stored. */
  blocks(options?: Signal): AsyncIterable<string>
}

export interface ImportOptions extends Signal {
  /** True by default: the roots that the headers name. */
  readonly pinRoots?: boolean
  /** Blocks of up to nearly 4 MiB, which not every peer takes. */
  readonly allowBigBlocks?: boolean
  /** What is not in the CARs is not fetched for pinning, either. */
  readonly offline?: boolean
}

export type ImportEvent =
  | { readonly type: 'root'; readonly cid: string; readonly pinError: string }
  | { readonly type: 'stats'; readonly blocks: number; readonly bytes: number }

export interface DagPutOptions extends Signal {
  /** `dag-json` by default. */
  readonly inputCodec?: string
  /** `dag-cbor` by default. */
  readonly storeCodec?: string
  readonly hash?: string
  /** Take more than 2 MiB, up to nearly 4, which not every peer does. */
  readonly allowBigBlock?: boolean
  readonly pin?: boolean
}

export interface DagStat {
  /** All paths together, each block once. */
  readonly uniqueBlocks: number
  readonly totalSize: number
  /** Bytes that paths share. */
  readonly sharedSize: number
  readonly ratio: number
  readonly dags: readonly { readonly cid: string; readonly size: number; readonly blocks: number }[]
}

export interface RefsQuery extends ReadOptions {
  readonly recursive?: boolean
  readonly unique?: boolean
  readonly maxDepth?: number | undefined
}

export interface RefInfo {
  readonly from: string
  readonly to: string
  readonly name: string
}

export interface DagService {
  /** Each of `cars` is one CAR. Blocks that were verified stay, also when a later one is bad. */
  importCars(cars: AsyncIterable<AsyncIterable<Uint8Array>>, options?: ImportOptions): AsyncIterable<ImportEvent>
  /** Rejects when the root is not to be had. With `localOnly`, blocks that are not here are left out. */
  exportCar(path: string, options?: ReadOptions & { readonly localOnly?: boolean }): Promise<AsyncIterable<Uint8Array>>
  /** Resolves with the CID. */
  put(bytes: Uint8Array, options?: DagPutOptions): Promise<string>
  get(path: string, outputCodec: string, options?: ReadOptions): Promise<Uint8Array>
  resolve(path: string, options?: ReadOptions): Promise<{ readonly cid: string; readonly rest: string }>
  /** What is known so far, again and again; the last one is whole. */
  stat(paths: readonly string[], options?: ReadOptions): AsyncIterable<DagStat>
  refs(path: string, options?: RefsQuery): AsyncIterable<RefInfo>
}

/** What is stored, as a whole. */
export interface ContentService {
  readonly pins: PinService
  readonly store: StoreService
  readonly dag: DagService
}
