/** What a peer does for its owner with the routing systems: who has a block, where a peer is, and telling others. */
import type { ProvideInfo } from '../../routing/providing/provide-info.ts'

export interface FoundPeer {
  readonly id: string
  readonly addresses: readonly string[]
}

/** What happens while routing is asked. `final-peer`: the peer that was sought, or one that took a record. */
export type RoutingEvent =
  | { readonly type: 'provider' | 'final-peer'; readonly peer: FoundPeer }
  | { readonly type: 'error'; readonly message: string }

/** How providing goes, and by what rule. Without `info`, nothing is provided by itself. */
export interface ProvideStat {
  readonly strategy: string
  readonly info: ProvideInfo | undefined
}

export interface FindProvidersOptions {
  readonly signal?: AbortSignal | undefined
  /** Ends when so many were found; 20 by default. */
  readonly count?: number | undefined
}

export interface ProvideOptions {
  readonly signal?: AbortSignal | undefined
  /** And all that is below it. */
  readonly recursive?: boolean | undefined
}

export interface RoutingService {
  /** Errors are those of single routers, beside the answers of others. */
  findProviders(cid: string, options?: FindProvidersOptions): AsyncIterable<RoutingEvent>
  /** Rejects with `NotFoundError` when no router knows. */
  findPeer(peer: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<FoundPeer>
  /** Tells the routing systems now, and ends when they were told. */
  provide(cids: readonly string[], options?: ProvideOptions): AsyncIterable<RoutingEvent>
  /** Puts keys into the queue; yields each that is in it. */
  provideOnce(cids: readonly string[], options?: ProvideOptions): AsyncIterable<string>
  provideStat(): ProvideStat | Promise<ProvideStat>
  /** Empties the queue; resolves with how many keys were in it. */
  provideClear(): Promise<number>
}
