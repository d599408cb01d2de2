/** How blocks are fetched from HTTP gateways. Names in the config are Kubo's (`HTTPRetrieval`). */
export interface HttpRetrievalOptions {
  /** Hosts to fetch from, and no others; empty for any. */
  readonly allowlist: readonly string[]
  /** Hosts never to fetch from, whoever allows them. */
  readonly denylist: readonly string[]
  /** Requests under way at a time, over all hosts. */
  readonly workers: number
  /** Largest block taken. */
  readonly maxBlockBytes: number
  /** Take any certificate. */
  readonly insecureTls: boolean
  /** Time to find out whether a host is a gateway. */
  readonly connectTimeoutMs: number
  /** Longest pause of a host that was asked for something, before its answer and within it. */
  readonly stallMs: number
  /** A host that is not asked for anything is left after this. */
  readonly idleMs: number
}

export const DEFAULT_HTTP_OPTIONS: HttpRetrievalOptions = {
  allowlist: [],
  denylist: [],
  workers: 16,
  maxBlockBytes: 2 * 1024 * 1024,
  insecureTls: false,
  connectTimeoutMs: 5_000,
  stallMs: 15_000,
  idleMs: 5 * 60_000
}
