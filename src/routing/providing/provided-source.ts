import type { CID } from 'multiformats/cid'
import type { AbortOptions } from '../../ports.ts'

/**
 * What is to be provided: all blocks, the roots of what was added, what is pinned. Asked for the whole of it once in a
 * while; whatever comes to it in between is announced one by one.
 */
export interface ProvidedSource {
  /** In any order. */
  all(options?: AbortOptions): AsyncIterable<CID>
}
