import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { StoreWithEmptyBlock } from '../../src/storage/empty-block.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

const hashers = await createHashers()
const NOTHING = new Uint8Array(0)

function world() {
  const inner = toBlockstorePort(new MemoryBlockstore())
  return { inner, store: new StoreWithEmptyBlock(inner, hashers) }
}

/** The CID of no bytes; its digest cut to `length`. */
function emptyBlock(code: number, length?: number): CID {
  return CID.createV1(0x55, Digest.create(code, hashers.digest(code, NOTHING).slice(0, length)))
}

describe('a store with the empty block', () => {
  it.each([
    ['sha2-256', 0x12],
    ['sha2-512', 0x13],
    ['blake3', 0x1e],
    ['sha2-256, cut to 20 bytes', 0x12, 20]
  ])('has it in %s, and stores it when it is read', async (_name, code, length?: number) => {
    const { inner, store } = world()
    const cid = emptyBlock(code, length)
    expect(await store.size(cid)).toBe(0)
    expect(await inner.size(cid)).toBeUndefined()
    expect(await store.get(cid)).toEqual(NOTHING)
    expect(await inner.get(cid)).toEqual(NOTHING)
  })

  it('is told by bytes, not by a part of them', async () => {
    const { store } = world()
    const [right, short] = [emptyBlock(0x12), emptyBlock(0x12, 19)]
    const almost = right.multihash.digest.slice()
    almost[31] = (almost[31] ?? 0) ^ 1
    for (const cid of [short, CID.createV1(0x55, Digest.create(0x12, almost)), emptyBlockOf(0x11)]) {
      expect([await store.size(cid), await store.get(cid)]).toEqual([undefined, undefined])
    }
  })

  it('leaves all else to the store', async () => {
    const { inner, store } = world()
    const { cid, bytes } = numberedBlock(1)
    expect(await store.get(cid)).toBeUndefined()
    await store.put(cid, bytes)
    expect([await inner.get(cid), await store.get(cid), await store.size(cid)]).toEqual([bytes, bytes, bytes.length])
  })
})

/** Of a hash function that is not accepted: no block of it is known. */
function emptyBlockOf(code: number): CID {
  return CID.createV1(0x55, Digest.create(code, new Uint8Array(20)))
}
