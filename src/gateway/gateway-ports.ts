import type { CID } from 'multiformats/cid'
import type { AbortOptions, Blockstore, Logger } from '../ports.ts'

/** Where blocks come from that are not here: an exchange session. Closed after the request it was opened for. */
export interface RemoteBlocks {
  get(cid: CID, options?: AbortOptions): Promise<Uint8Array>
  prefetch(cids: Iterable<CID>): void
  close(): void
}

/** What a gateway sees of the peer that it belongs to. */
export interface GatewayPorts {
  readonly blocks: Pick<Blockstore, 'get' | 'size'>
  /** Undefined: only what is here is served. `label` says which request it is for. */
  readonly fetch?: ((request: { readonly signal: AbortSignal; readonly label: string }) => RemoteBlocks) | undefined
  /** May this block be served to whoever asks? Asked for every block, of a CAR as well. */
  readonly serves: (cid: CID) => boolean
  readonly logger?: Logger | undefined
}

export interface GatewayOptions {
  /** `Gateway.HTTPHeaders`: sent with every answer, beside and before those of the gateway itself. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** Longest wait for one block, before the answer has begun and within it. */
  readonly retrievalTimeoutMs: number
  /** Answers under way at once; whoever comes beyond is told to come again. */
  readonly maxConcurrentRequests: number
  /** Longest time for one answer, to whoever reads slowly as well. */
  readonly maxRequestMs: number
  /** Where too much is under way, an answer of which its client has taken nothing for so long makes way for another. */
  readonly stallMs: number
}

/** Names and meaning are Kubo's, the number of answers is less: a peer is no public gateway, and each may hold a block. */
export const DEFAULT_GATEWAY_OPTIONS: GatewayOptions = {
  headers: {},
  retrievalTimeoutMs: 30_000,
  maxConcurrentRequests: 256,
  maxRequestMs: 3_600_000,
  stallMs: 10_000
}
