/** What the processes of a benchmark say to each other. */
import type { BitswapOptionsInit } from '../../src/options.ts'
import type { BlockSet } from './blocks.ts'
import type { Secured } from './peer.ts'
import type { RawStreamOptions, RawStreamResult } from './raw-stream.ts'

/** Whose bitswap a process runs. */
export type Kind = 'barter' | 'helia'

/** How a fetch ended. Bytes and blocks were counted as they came, and then once more, by hash, in the store. */
export interface Fetched {
  readonly ms: number
  readonly blocks: number
  readonly bytes: number
  /** Time on the processor in that time. */
  readonly cpuMs: number
}

export interface FetchJob {
  readonly digests: Uint8Array
  readonly blockBytes: number
  /** Wants at a time, for a peer that takes one CID a call. */
  readonly concurrency: number
}

/** Every call, with what it is given and what it answers. */
export interface Calls {
  /** Starts a peer; answers its address. */
  start: [{ kind: Kind; encryption: Secured; options?: BitswapOptionsInit }, { address: string }]
  /** Makes blocks and stores them; answers their digests, end to end. */
  hold: [BlockSet, { digests: Uint8Array }]
  /** Touches so much memory and frees it, so that it is at hand for what will be kept. */
  touch: [{ bytes: number }, Record<string, never>]
  /** Connects to a peer and fetches one block of it, so that streams are open. */
  connect: [{ address: string; first: FetchJob }, Record<string, never>]
  /** Fetches all blocks in one request. */
  fetch: [FetchJob, Fetched]
  /** Fetches one block after the other, in one session or without; answers the milliseconds of each. */
  oneByOne: [FetchJob & { inSession: boolean }, { latencies: readonly number[] }]
  /** Sends a message and waits for its echo, on one stream; answers the milliseconds of each round trip. */
  pingPong: [{ count: number; bytes: number }, { latencies: readonly number[] }]
  /** Opens wants that nobody can answer; answers the bytes of memory that each takes. */
  openWants: [{ count: number }, { bytesPerWant: number; open: number }]
  /** Blocks that went out and came in since the start. */
  stat: [Record<string, never>, { blocksSent: number; blocksReceived: number }]
  /** Milliseconds on the processor since it was last asked. */
  cpu: [Record<string, never>, { cpuMs: number }]
  /** Measures a raw stream between this process and one of its own. */
  raw: [RawStreamOptions, RawStreamResult]
  /** Begins and ends a profile of the processor. */
  profile: [{ file?: string }, Record<string, never>]
}

export type Call = keyof Calls

export interface Asked {
  readonly id: number
  readonly call: Call
  readonly input: unknown
}

export type Answered =
  { readonly id: number; readonly output: unknown } | { readonly id: number; readonly error: string }
