import type { CID } from 'multiformats/cid'
import type { Exchange, ExchangeSession, FetchedBlock } from '../exchange.ts'
import { cidKey, type CidKey } from '../ids.ts'
import type { Clock } from '../ports.ts'
import type { VirtualFile } from '../simulation/virtual-content.ts'
import type { WorkloadOptions } from './scenario/scenario.ts'
import { unlessAborted } from '../unless-aborted.ts'

/** How one request for a file went. Times in milliseconds of the world, from the request on. */
export interface RequestOutcome {
  readonly peer: number
  readonly file: number
  readonly atMs: number
  /** To the first block that was fetched and verified; undefined when there was none. */
  readonly firstBlockMs: number | undefined
  /** To the last one; undefined when the file is not complete. */
  readonly completeMs: number | undefined
  readonly blocks: number
  readonly bytes: number
  /** Longest time without a block, from the request to its end. */
  readonly longestWaitMs: number
  /** Of the blocks, those that were here before, and their bytes. */
  readonly localBlocks: number
  readonly localBytes: number
}

/** Did any of it come from others? What was all here took no time, and says nothing of a strategy. */
export function isFetched({ blocks, localBlocks }: Pick<RequestOutcome, 'blocks' | 'localBlocks'>): boolean {
  return blocks > localBlocks
}

const BATCH = 10

/**
 * Fetches a file as users of bitswap do: `walk` gets the root, then the blocks it links to, level by level; `all` asks for
 * every block at once; `one` for the next when the last has come; `batch` for ten at a time.
 */
export function stepsOf(file: VirtualFile, fetch: WorkloadOptions['fetch']): readonly (readonly CID[])[] {
  const cids = file.blocks.map(({ cid }) => cid)
  switch (fetch) {
    case 'walk':
      return file.levels.map((level) => level.map(({ cid }) => cid))
    case 'all':
      return [cids]
    case 'one':
      return cids.map((cid) => [cid])
    case 'batch':
      return Array.from({ length: Math.ceil(cids.length / BATCH) }, (_, at) => cids.slice(at * BATCH, (at + 1) * BATCH))
  }
}

export interface RequestParts {
  readonly exchange: Pick<Exchange, 'createSession'>
  readonly steps: readonly (readonly CID[])[]
  readonly clock: Pick<Clock, 'now'>
  readonly request: { readonly peer: number; readonly file: number }
  readonly signal: AbortSignal
  /** While the peer is away: resolves when it is back. Undefined while it is here. */
  readonly whenBack?: () => Promise<void> | undefined
}

/**
 * Runs the steps of one request; what fails ends it early. A peer that goes away while it has a request keeps what it has
 * got, and goes on with the rest in a new session when it is back, as whoever restarts a download does: its time runs on.
 */
export async function runRequest(parts: RequestParts): Promise<RequestOutcome> {
  const tally = new Tally(parts)
  try {
    for (const step of parts.steps) await runStep(step, parts, tally)
    return tally.outcome(true)
  } catch {
    // The world was ended, or a block cannot be fetched: what is not complete has failed.
    return tally.outcome(false)
  } finally {
    tally.session?.close()
  }
}

async function runStep(step: readonly CID[], parts: RequestParts, tally: Tally): Promise<void> {
  const got = new Set<CidKey>()
  for (;;) {
    try {
      tally.session ??= parts.exchange.createSession({ signal: parts.signal })
      for await (const block of tally.session.getMany(step.filter((cid) => !got.has(cidKey(cid))))) {
        got.add(cidKey(block.cid))
        tally.add(block)
      }
      return
    } catch (error) {
      const back = parts.signal.aborted ? undefined : parts.whenBack?.()
      if (back === undefined) throw error
      tally.session?.close()
      tally.session = undefined
      await unlessAborted(back, parts.signal)
    }
  }
}

/** What has come of a request so far. */
class Tally {
  session: ExchangeSession | undefined
  readonly #clock: Pick<Clock, 'now'>
  readonly #request: RequestParts['request']
  readonly #atMs: number
  #blockAtMs: number
  #longestWaitMs = 0
  #firstBlockMs: number | undefined
  #blocks = 0
  #bytes = 0
  #localBlocks = 0
  #localBytes = 0

  constructor({ clock, request }: RequestParts) {
    this.#clock = clock
    this.#request = request
    this.#atMs = clock.now()
    this.#blockAtMs = this.#atMs
  }

  add({ bytes, from }: FetchedBlock): void {
    this.#firstBlockMs ??= this.#clock.now() - this.#atMs
    this.#waited()
    this.#blocks++
    this.#bytes += bytes.byteLength
    if (from !== undefined) return
    this.#localBlocks++
    this.#localBytes += bytes.byteLength
  }

  outcome(isComplete: boolean): RequestOutcome {
    if (!isComplete) this.#waited()
    return {
      ...this.#request,
      atMs: this.#atMs,
      firstBlockMs: this.#firstBlockMs,
      completeMs: isComplete ? this.#clock.now() - this.#atMs : undefined,
      blocks: this.#blocks,
      bytes: this.#bytes,
      localBlocks: this.#localBlocks,
      localBytes: this.#localBytes,
      longestWaitMs: this.#longestWaitMs
    }
  }

  #waited(): void {
    const now = this.#clock.now()
    this.#longestWaitMs = Math.max(this.#longestWaitMs, now - this.#blockAtMs)
    this.#blockAtMs = now
  }
}
