import type { CID } from 'multiformats/cid'
import type { Exchange, ExchangeSession } from '../exchange.ts'
import type { Clock } from '../ports.ts'
import type { VirtualFile } from '../simulation/virtual-content.ts'
import type { WorkloadOptions } from './scenario/scenario.ts'

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
  /** Of the blocks, those that were here before. */
  readonly localBlocks: number
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

/** Runs the steps of one request; what fails ends it early. */
export async function runRequest(
  exchange: Pick<Exchange, 'createSession'>,
  steps: readonly (readonly CID[])[],
  clock: Pick<Clock, 'now'>,
  request: { readonly peer: number; readonly file: number },
  signal: AbortSignal
): Promise<RequestOutcome> {
  const atMs = clock.now()
  let firstBlockMs: number | undefined
  let [blockAtMs, longestWaitMs] = [atMs, 0]
  const waited = (): void => {
    longestWaitMs = Math.max(longestWaitMs, clock.now() - blockAtMs)
    blockAtMs = clock.now()
  }
  let [blocks, bytes, localBlocks] = [0, 0, 0]
  const outcome = (completeMs: number | undefined): RequestOutcome => {
    if (completeMs === undefined) waited()
    return { ...request, atMs, firstBlockMs, completeMs, blocks, bytes, localBlocks, longestWaitMs }
  }
  let session: ExchangeSession | undefined
  try {
    session = exchange.createSession({ signal })
    for (const step of steps) {
      for await (const block of session.getMany(step)) {
        firstBlockMs ??= clock.now() - atMs
        waited()
        blocks++
        bytes += block.bytes.byteLength
        if (block.from === undefined) localBlocks++
      }
    }
    return outcome(clock.now() - atMs)
  } catch {
    // The world was ended, or this peer left: what is not complete has failed.
    return outcome(undefined)
  } finally {
    session?.close()
  }
}
