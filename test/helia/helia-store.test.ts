import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { createHashers } from '../../src/hashing/hashers.ts'
import { HeliaStore } from '../../src/helia/helia-store.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const hashers = await createHashers()
const [A, B, C] = [numberedBlock(1, 100), numberedBlock(2, 100), numberedBlock(3, 100)]

function world(maxHeldBytes?: number) {
  const inner = new MemoryBlockstore()
  const asked: CID[] = []
  const missing = (cid: CID): void => void asked.push(cid)
  const options = { hashers, logger: new RecordingLogger(), missing }
  return { inner, asked, store: new HeliaStore(inner, { ...options, ...(maxHeldBytes && { maxHeldBytes }) }) }
}

describe('the store of a Helia node', () => {
  it('holds what was fetched without writing it, until Helia has stored it', async () => {
    const { inner, store, asked } = world()
    store.writeBlock(A.cid, A.bytes)
    expect(await store.readBlock(A.cid)).toBe(A.bytes)
    expect(await store.sizeOf(A.cid)).toBe(100)
    expect([store.isHeld(A.cid), await store.isStored(A.cid), inner.blocks, asked]).toEqual([true, false, 0, []])
    inner.writeBlock(A.cid, A.bytes)
    store.release(A.cid)
    expect([store.isHeld(A.cid), await store.isStored(A.cid), store.heldBytes]).toEqual([false, true, 0])
    expect(await store.readBlock(A.cid)).toEqual(A.bytes)
  })

  it('tells of what is asked for and not here', async () => {
    const { store, asked } = world()
    expect(await store.readBlock(A.cid)).toBeUndefined()
    expect(await store.sizeOf(B.cid)).toBeUndefined()
    expect(asked).toEqual([A.cid, B.cid])
  })

  it('holds so many bytes at most; the oldest go first', () => {
    const { store } = world(250)
    for (const { cid, bytes } of [A, A, B, C]) store.writeBlock(cid, bytes)
    expect([A, B, C].map(({ cid }) => store.isHeld(cid))).toEqual([false, true, true])
    expect(store.heldBytes).toBe(200)
    store.release(A.cid)
    expect(store.heldBytes).toBe(200)
  })

  it('deletes, and lists, what Helia has', async () => {
    const { inner, store } = world()
    inner.writeBlock(A.cid, A.bytes)
    store.writeBlock(B.cid, B.bytes)
    const all: string[] = []
    for await (const { cid } of store.getAll()) all.push(cid.toString())
    expect(all).toEqual([A.cid.toString()])
    await store.delete(A.cid)
    await store.delete(B.cid)
    expect([inner.blocks, store.heldBytes]).toEqual([0, 0])
  })
})
