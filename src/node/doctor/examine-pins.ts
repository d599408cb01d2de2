import type { CID } from 'multiformats/cid'
import { walkDag } from '../../content/dag-walk.ts'
import type { AbortOptions } from '../../ports.ts'
import type { Keeping } from '../keeping/keeping.ts'
import { soundBlocks, type LocalBlockParts } from '../keeping/local-block.ts'

export interface ExaminePinsParts extends LocalBlockParts {
  readonly keeping: LocalBlockParts['keeping'] & {
    readonly blocks: Pick<Keeping['blocks'], 'readUnchecked' | 'sizeOf'>
    readonly pinner: Pick<Keeping['pinner'], 'all'>
  }
}

/** A pin that does not keep all that it should, by the first block that is missing. */
export interface BrokenPin {
  readonly pin: string
  readonly missing: string
}

/** Blocks that are looked at, so that the answer comes while its reader waits. */
const MAX_BLOCKS = 5_000

/** The first pin of which something is missing. Undefined when the first `maxBlocks` below all pins are here. */
export async function findBrokenPin(
  parts: ExaminePinsParts,
  { signal }: AbortOptions = {},
  maxBlocks = MAX_BLOCKS
): Promise<BrokenPin | undefined> {
  const { blocks, pinner } = parts.keeping
  let looked = 0
  for await (const { cid: pin, mode } of pinner.all({ signal })) {
    let missing: CID | undefined
    const unreadable = (cid: CID): void => void (missing ??= cid)
    const walk =
      mode === 'recursive' ? walkDag(soundBlocks(parts), pin, { signal, skipLeaves: true, unreadable }) : [leaf(pin)]
    for await (const { cid, bytes } of walk) {
      if (bytes === undefined && (await blocks.sizeOf(cid, { signal })) === undefined) missing ??= cid
      if (missing !== undefined || ++looked >= maxBlocks) break
    }
    if (missing !== undefined) return { pin: pin.toString(), missing: missing.toString() }
    if (looked >= maxBlocks) return undefined
  }
  return undefined
}

/** A direct pin keeps no more than this. */
function leaf(cid: CID): { readonly cid: CID; readonly bytes: undefined } {
  return { cid, bytes: undefined }
}
