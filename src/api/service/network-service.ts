/** What a peer does for its owner with its connections, beside opening and closing them. Texts in, values out. */
import type { MaybePromise } from '../../ports.ts'
import type { IdInfo } from './id-info.ts'

/** Bytes, and bytes a second over the last few. */
export interface BandwidthInfo {
  readonly totalIn: number
  readonly totalOut: number
  readonly rateIn: number
  readonly rateOut: number
}

/** Of one peer, or of one protocol; of all without either. */
export interface BandwidthOf {
  readonly peer?: string | undefined
  readonly protocol?: string | undefined
}

export type PingEvent =
  { readonly type: 'pong'; readonly latencyMs: number } | { readonly type: 'failed'; readonly message: string }

export interface PingOptions {
  readonly signal?: AbortSignal | undefined
  readonly count: number
}

/** One limit of the connection side, and how much of it is in use. */
export interface ResourceInfo {
  readonly name: string
  readonly used: number
  /** Undefined: not limited. */
  readonly limit: number | undefined
}

export interface NetworkService {
  bandwidth(of?: BandwidthOf): MaybePromise<BandwidthInfo>
  /** Finds a peer, connects to it, and measures: one event a second. Rejects when it cannot be reached. */
  ping(peer: string, options: PingOptions): AsyncIterable<PingEvent>
  /** What identify told of all connected peers, by peer id. */
  identify(): Promise<ReadonlyMap<string, IdInfo>>
  /** Ranges that are neither dialled nor accepted, such as `/ip4/10.0.0.0/ipcidr/8`. */
  filters(): MaybePromise<readonly string[]>
  /** Until the next start. Returns those given. Rejects with `InvalidParametersError` for what is none. */
  addFilters(masks: readonly string[]): MaybePromise<readonly string[]>
  /** Returns those that were there. */
  removeFilters(masks: readonly string[] | 'all'): MaybePromise<readonly string[]>
  resources(): MaybePromise<readonly ResourceInfo[]>
}
