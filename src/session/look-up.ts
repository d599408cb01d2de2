import type { CID } from 'multiformats/cid'
import type { Blockstore } from '../ports.ts'

/** What came of looking a block up; one of the two is called, once. */
export interface LookUp {
  /** Undefined: it is not here. */
  readonly found: (bytes: Uint8Array | undefined) => void
  readonly failed: (error: unknown) => void
}

/** Looks a block up in the local store. Stores in memory answer before this returns. */
export function lookUp(store: Pick<Blockstore, 'get'>, cid: CID, signal: AbortSignal, { found, failed }: LookUp): void {
  try {
    const bytes = store.get(cid, { signal })
    if (bytes instanceof Promise) bytes.then(found, failed)
    else found(bytes)
  } catch (error) {
    failed(error)
  }
}
