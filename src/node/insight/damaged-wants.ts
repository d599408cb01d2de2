import { StoreError } from '../../errors.ts'
import type { WantInsight } from '../../exchange-insight.ts'
import { cidKey, type CidKey } from '../../ids.ts'
import { examineLocalBlock, type LocalBlockParts } from '../keeping/local-block.ts'

/** Of the wants that are stuck, those of which a copy is here, or was, and is damaged. */
export async function damagedWants(
  parts: LocalBlockParts,
  wants: readonly Pick<WantInsight, 'cid' | 'stuckBecause'>[]
): Promise<ReadonlySet<CidKey>> {
  const damaged = new Set<CidKey>()
  const stuck = wants.filter(({ stuckBecause }) => stuckBecause !== undefined)
  if (stuck.length === 0) return damaged
  await parts.hashers.load()
  try {
    for (const { cid } of stuck) {
      const { state } = await examineLocalBlock(parts, cid)
      if (state === 'damaged' || state === 'missed') damaged.add(cidKey(cid))
    }
  } catch (error) {
    // What is wanted, and why it does not come, is known though the store cannot be read.
    if (!(error instanceof StoreError)) throw error
  }
  return damaged
}
