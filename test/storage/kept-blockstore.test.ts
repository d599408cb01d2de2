import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/errors.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { matches } from '../../src/hashing/verify-block.ts'
import { MemoryCache } from '../../src/storage/block-cache.ts'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { KeptBlockstore, NotHealedError } from '../../src/storage/kept-blockstore.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { TieredBlockstore } from '../../src/storage/tiered-blockstore.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { GatedBlockstore } from '../support/gated-blockstore.ts'

const hashers = await createHashers()
const { cid, bytes } = numberedBlock(1)
const DAMAGED = new TextEncoder().encode('damaged')
const isDamaged = (found: Uint8Array): boolean => !matches(hashers, cid, found)

function kept(store: MemoryBlockstore | GatedBlockstore | TieredBlockstore): KeptBlockstore {
  return new KeptBlockstore(store, toBlockstorePort(store))
}

describe('a block that was found damaged', () => {
  it('is removed, but not when a put had begun to heal it, nor when one came meanwhile', async () => {
    const memory = new MemoryBlockstore()
    memory.writeBlock(cid, DAMAGED)
    expect(await kept(memory).deleteDamaged(cid, isDamaged)).toBe('gone')
    expect(memory.blocks).toBe(0)
    const gated = new GatedBlockstore()
    const blocks = kept(gated)
    const before = blocks.writeBlock(cid, bytes)
    const deletion = blocks.deleteDamaged(cid, isDamaged)
    const after = blocks.writeBlock(cid, bytes)
    gated.open()
    await Promise.all([before, after])
    expect([await deletion, await blocks.readBlock(cid)]).toEqual(['sound', bytes])
  })

  it('does not count as removed where a removal that others asked for is meant', async () => {
    const memory = new MemoryBlockstore()
    memory.writeBlock(cid, bytes)
    const blocks = kept(memory)
    const looked = blocks.deleteDamaged(cid, isDamaged)
    await blocks.delete(cid)
    expect([await looked, memory.blocks]).toEqual(['sound', 0])
  })

  it('stays while somebody has it in hand', async () => {
    const memory = new MemoryBlockstore()
    memory.writeBlock(cid, DAMAGED)
    const blocks = kept(memory)
    const lease = blocks.lease()
    await lease.touch(cid)
    expect([await blocks.deleteDamaged(cid, isDamaged), memory.blocks]).toEqual(['in use', 1])
    lease.release()
    expect([await blocks.deleteDamaged(cid, isDamaged), memory.blocks]).toEqual(['gone', 0])
  })

  it('is stored anew from a cache that has it whole', async () => {
    const memory = new MemoryBlockstore()
    const blocks = kept(new TieredBlockstore([new MemoryCache(1024 * 1024)], memory))
    await blocks.writeBlock(cid, bytes)
    memory.writeBlock(cid, DAMAGED)
    expect([await blocks.readBlock(cid), await blocks.readUnchecked(cid)]).toEqual([bytes, DAMAGED])
    const put = memory.writeBlock.bind(memory)
    memory.writeBlock = () => {
      throw new StoreError('ENOSPC')
    }
    await expect(blocks.deleteDamaged(cid, isDamaged)).rejects.toBeInstanceOf(NotHealedError)
    expect([await blocks.readBlock(cid), memory.readBlock(cid)]).toEqual([bytes, DAMAGED])
    memory.writeBlock = put
    memory.delete = () => {
      throw new StoreError('EROFS')
    }
    expect([await blocks.deleteDamaged(cid, isDamaged), memory.readBlock(cid)]).toEqual(['healed', bytes])
  })
})
