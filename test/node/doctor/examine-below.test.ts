import { code, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../../src/hashing/hashers.ts'
import { cidKey } from '../../../src/ids.ts'
import { examineBelow } from '../../../src/node/doctor/examine-below.ts'
import { blockOf, numberedBlock } from '../../../src/testing/sample-blocks.ts'

const hashers = await createHashers()

/** A root that links to ten leaves of 64 bytes each, of which some are here. */
function world(here: number) {
  const leaves = Array.from({ length: 10 }, (_, number) => numberedBlock(number))
  const node = blockOf(encode(leaves.map(({ cid }) => cid)))
  const root = CID.createV1(code, node.cid.multihash)
  const stored = new Map([node, ...leaves.slice(0, here)].map(({ cid, bytes }) => [cidKey(cid), bytes]))
  const blocks = { readUnchecked: (cid: CID) => stored.get(cidKey(cid)) }
  const keeping = { blocks, damage: { findMissed: () => Promise.resolve(undefined) } }
  return { parts: { hashers, keeping }, root, leaves }
}

describe('what is below a block', () => {
  it.each([
    { here: 10, limits: { maxBlocks: 4 }, found: { looked: 4, missing: 0, isCut: true } },
    { here: 10, limits: { maxBytes: 3 * 64 }, found: { looked: 3, missing: 0, isCut: true } },
    { here: 10, limits: { endAt: 0 }, found: { looked: 1, missing: 0, isCut: true } },
    { here: 0, limits: { maxBlocks: 4 }, found: { looked: 4, missing: 4, isCut: true } },
    { here: 7, limits: {}, found: { looked: 10, missing: 3, isCut: false } }
  ])('is looked at up to a bound: $limits, $here of 10 here', async ({ here, limits, found }) => {
    const { parts, root, leaves } = world(here)
    const bounds = { maxBlocks: 1_000, maxBytes: 100_000, ...limits }
    const { firstMissing, ...facts } = await examineBelow(parts, root, {}, bounds)
    expect(facts).toEqual({ ...found, opaque: undefined })
    expect(firstMissing?.toString()).toBe(found.missing === 0 ? undefined : leaves[here]?.cid.toString())
  })

  it('is not told of a codec that is not known here', async () => {
    const { parts, root } = world(10)
    const unknown = CID.createV1(0x78, root.multihash)
    expect(await examineBelow(parts, unknown)).toMatchObject({ looked: 0, missing: 0 })
    expect((await examineBelow(parts, unknown)).opaque).toContain('no decoder')
  })

  it('is left when the caller gives up', async () => {
    const { parts, root } = world(10)
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(examineBelow(parts, root, { signal })).rejects.toThrow('enough')
  })
})
