import type { CID } from 'multiformats/cid'
import type { WalkSource } from '../../content/dag-walk.ts'
import { NotFoundError, StoreError } from '../../errors.ts'
import { IDENTITY_CODE } from '../../hashing/hash-codes.ts'
import { matches } from '../../hashing/verify-block.ts'
import type { AbortOptions, Hashers } from '../../ports.ts'
import type { Keeping } from './keeping.ts'

export interface LocalBlockParts {
  readonly hashers: Hashers
  readonly keeping: {
    readonly blocks: Pick<Keeping['blocks'], 'readUnchecked'>
    readonly damage: Pick<Keeping['damage'], 'findMissed'>
  }
}

/** How the copy of a block here is. `missed`: it was damaged, and is here no more, with what became of it. */
export type LocalBlock =
  | { readonly state: 'sound' }
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
  if (bytes !== undefined) return { state: matches(hashers, cid, bytes) ? 'sound' : 'damaged' }
  const missed = await keeping.damage.findMissed(cid, options)
  return missed === undefined ? { state: 'absent' } : { state: 'missed', reason: missed.reason }
}

/** A block that is not here, is damaged, or cannot be read. */
export class NotHereError extends NotFoundError {
  readonly cid: CID

  constructor(cid: CID, options?: ErrorOptions) {
    super(`block ${cid.toString()} is not here, or is damaged`, options)
    this.cid = cid
  }
}

/** What is here and sound; rejects with `NotHereError` for other blocks, and leaves them where they are. */
export function soundBlocks({ hashers, keeping }: LocalBlockParts): WalkSource {
  const read = async (cid: CID, options?: AbortOptions): Promise<Uint8Array | undefined> => {
    try {
      return await keeping.blocks.readUnchecked(cid, options)
    } catch (error) {
      if (error instanceof StoreError) throw new NotHereError(cid, { cause: error })
      throw error
    }
  }
  return {
    get: async (cid, options) => {
      if (cid.multihash.code === IDENTITY_CODE) return cid.multihash.digest
      const bytes = await read(cid, options)
      if (bytes === undefined || !matches(hashers, cid, bytes)) throw new NotHereError(cid)
      return bytes
    }
  }
}
