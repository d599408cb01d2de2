import type { CID } from 'multiformats/cid'
import { DagError } from '../../content/dag-links.ts'
import { walkDag } from '../../content/dag-walk.ts'
import type { AbortOptions } from '../../ports.ts'
import { soundBlocks, type LocalBlockParts } from '../keeping/local-block.ts'

/** What is below a block that is here, as far as it was looked at. */
export interface BelowFacts {
  /** Blocks that were looked at, and those that are missing; not the one above. */
  readonly looked: number
  /** Not here, damaged, or not to be read. */
  readonly missing: number
  readonly firstMissing: CID | undefined
  /** More is left than is looked at. */
  readonly isCut: boolean
  /** Why it cannot be told what one of the blocks links to. */
  readonly opaque: string | undefined
}

export interface BelowLimits {
  readonly maxBlocks: number
  readonly maxBytes: number
  /** The moment of `performance.now()` after which no more is looked at. */
  readonly endAt?: number | undefined
}

/** So that the answer comes while its reader waits. */
export const BELOW_LIMITS = { maxBlocks: 10_000, maxBytes: 1024 ** 3 }

/** Reads and checks what is below `root`, which is here, and asks nobody. */
export async function examineBelow(
  parts: LocalBlockParts,
  root: CID,
  { signal }: AbortOptions = {},
  limits: BelowLimits = BELOW_LIMITS
): Promise<BelowFacts> {
  const enough = new AbortController()
  const ends = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal])
  const facts: { -readonly [Name in keyof BelowFacts]: BelowFacts[Name] } = {
    ...{ looked: 0, missing: 0, firstMissing: undefined, isCut: false, opaque: undefined }
  }
  let bytesRead = 0
  const look = (bytes: number): void => {
    facts.looked += 1
    bytesRead += bytes
    if (
      facts.looked >= limits.maxBlocks ||
      bytesRead >= limits.maxBytes ||
      performance.now() >= (limits.endAt ?? Infinity)
    )
      enough.abort()
  }
  const unreadable = (cid: CID, error: unknown): void => {
    if (error instanceof DagError) facts.opaque ??= error.message
    else {
      facts.missing += 1
      facts.firstMissing ??= cid
    }
    if (!cid.equals(root)) look(0)
  }
  try {
    for await (const { bytes, depth } of walkDag(soundBlocks(parts), root, { signal: ends, unreadable })) {
      if (depth > 0) look(bytes?.byteLength ?? 0)
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof DagError) facts.opaque ??= error.message
    else if (!enough.signal.aborted) throw error
    facts.isCut = true
  }
  return facts
}
