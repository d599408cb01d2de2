import type { CID } from 'multiformats/cid'
import { matches } from '../../hashing/verify-block.ts'
import type { AbortOptions, Hashers } from '../../ports.ts'
import type { Keeping } from '../keeping.ts'

export interface LocalBlockParts {
  readonly hashers: Hashers
  readonly keeping: {
    readonly blocks: Pick<Keeping['blocks'], 'readUnchecked'>
    readonly damage: Pick<Keeping['damage'], 'findMissed'>
  }
}

/** How the copy of a block here is. `missed`: it was damaged, and is here no more, with what became of it. */
export type LocalBlock =
  | { readonly state: 'sound'; readonly bytes: Uint8Array }
  | { readonly state: 'damaged' }
  | { readonly state: 'missed'; readonly reason: string }
  | { readonly state: 'absent' }

/** Reads a block and checks it, and leaves it where it is. Rejects with `StoreError` when that cannot be done. */
export async function examineLocalBlock(
  { hashers, keeping }: LocalBlockParts,
  cid: CID,
  options?: AbortOptions
): Promise<LocalBlock> {
  const bytes = await keeping.blocks.readUnchecked(cid, options)
  if (bytes !== undefined) return matches(hashers, cid, bytes) ? { state: 'sound', bytes } : { state: 'damaged' }
  const missed = await keeping.damage.findMissed(cid)
  return missed === undefined ? { state: 'absent' } : { state: 'missed', reason: missed.reason }
}
