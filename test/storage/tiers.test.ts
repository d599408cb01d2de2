import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../src/errors.ts'
import { createHashers } from '../../src/hashing/hashers.ts'
import { MemoryCache, StoreCache } from '../../src/storage/block-cache.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { openBlockstore } from '../../src/storage/open-storage.ts'
import { TieredBlockstore } from '../../src/storage/tiered-blockstore.ts'
import { blockstoreCases, blockstorePortCases } from '../../src/testing/blockstore-suite.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'
import { asyncProperty } from '../support/seed.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const hashers = await createHashers()
const KIB = 1024
const { cid, bytes } = numberedBlock(1, KIB)

const SPECS = [
  'level:blocks?durability=fast',
  ['memory:?maxBytes=64KiB', 'fs:blocks?durability=fast'],
  ['memory:?maxBytes=10KiB', 'fs:near?durability=fast&maxBytes=100KiB', 'level:far?durability=fast']
] as const

describe.each(SPECS)('%s', (...spec) => {
  const open = async () => {
    const opened = await openBlockstore(spec.flat(), { hashers, base: await temporaryDirectory() })
    return { ...opened, store: opened.blockstore }
  }
  for (const { name, run } of blockstoreCases(open)) it(name, run)
  for (const { name, run } of blockstorePortCases(async () => {
    const { port, close } = await open()
    return { store: port, close }
  })) {
    it(name, run)
  }
})

describe('caches before a store', () => {
  it('take what is read and written, and the store is asked no more', async () => {
    const opened = await openBlockstore(['memory:?maxBytes=64KiB', 'memory:'], { hashers })
    await opened.port.put(cid, bytes)
    expect(opened.port.get(cid)).toEqual(bytes)
    expect(await opened.port.get(numberedBlock(2).cid)).toBeUndefined()
    const [cache, store] = opened.stats()
    expect(cache).toMatchObject({
      name: 'blocks.cache',
      kind: 'memory',
      hits: 1,
      misses: 1,
      writes: 1,
      maxBytes: 64 * KIB
    })
    expect(cache?.heldBytes).toBeGreaterThanOrEqual(KIB)
    expect(store).toMatchObject({ name: 'blocks', kind: 'memory', hits: 0, misses: 1, writes: 1, writeBytes: KIB })
  })

  it('have nothing that the store failed to take', async () => {
    const cache = new MemoryCache(64 * KIB)
    const full = new MemoryBlockstore({ maxBytes: 10 })
    const tiers = new TieredBlockstore([cache], full)
    expect(() => tiers.writeBlock(cid, bytes)).toThrow(StoreError)
    expect(cache.read(cid)).toBeUndefined()
    expect(await tiers.readBlock(cid)).toBeUndefined()
  })

  it('never hold more than they may, and no block that would sweep all others out', () => {
    const cache = new MemoryCache(16 * KIB)
    for (let i = 0; i < 100; i++) cache.keep(numberedBlock(i, KIB).cid, numberedBlock(i, KIB).bytes)
    expect(cache.heldBytes).toBeLessThanOrEqual(16 * KIB)
    expect(cache.heldBytes).toBeGreaterThan(14 * KIB)
    expect(cache.read(numberedBlock(99, KIB).cid)).toBeDefined()
    const large = numberedBlock(500, 5 * KIB)
    cache.keep(large.cid, large.bytes)
    expect(cache.read(large.cid)).toBeUndefined()
    expect(cache.read(numberedBlock(98, KIB).cid)).toBeDefined()
  })

  it('on a disk keep their bound over restarts', async () => {
    const base = await temporaryDirectory()
    const specs = ['fs:near?durability=fast&maxBytes=8KiB', 'fs:far?durability=fast']
    const first = await openBlockstore(specs, { hashers, base })
    for (let i = 0; i < 20; i++) await first.port.put(numberedBlock(i, KIB).cid, numberedBlock(i, KIB).bytes)
    await first.close()
    const shards = (await readdir(join(base, 'near'))).filter((name) => /^[A-Z2-7]{2}$/u.test(name))
    const files = await Promise.all(shards.map(async (shard) => await readdir(join(base, 'near', shard))))
    expect(files.flat().length).toBeLessThanOrEqual(8)
    const second = await openBlockstore(specs, { hashers, base })
    expect(second.stats()[0]?.heldBytes).toBeGreaterThan(4 * KIB)
    expect(second.stats()[0]?.heldBytes).toBeLessThanOrEqual(8 * KIB)
    expect(await second.port.get(numberedBlock(19, KIB).cid)).toEqual(numberedBlock(19, KIB).bytes)
    expect(second.stats().map(({ hits }) => hits)).toEqual([1, 0])
    await second.close()
  })

  it('that fail are as if they had nothing', async () => {
    const broken = new MemoryBlockstore()
    const failures: unknown[] = []
    const cache = await StoreCache.open(broken, 64 * KIB, (error) => failures.push(error))
    const tiers = new TieredBlockstore([cache], new MemoryBlockstore())
    await tiers.writeBlock(cid, bytes)
    broken.readBlock = () => {
      throw new StoreError('the disk is gone')
    }
    expect(await tiers.readBlock(cid)).toEqual(bytes)
    expect(failures).toHaveLength(1)
  })

  it('do not bring back what is taken away while it is read', async () => {
    const store = new MemoryBlockstore()
    store.writeBlock(cid, bytes)
    const reading = Promise.withResolvers<undefined>()
    const slow = Object.assign(Object.create(store) as MemoryBlockstore, {
      readBlock: async () => {
        await reading.promise
        return bytes
      }
    })
    const cache = new MemoryCache(64 * KIB)
    const tiers = new TieredBlockstore([cache], slow)
    const read = tiers.readBlock(cid)
    slow.delete = () => undefined
    await tiers.delete(cid)
    reading.resolve(undefined)
    await read
    expect(cache.read(cid)).toBeUndefined()
  })

  it('are never seen: a store with them answers as one without, whatever is done', async () => {
    const step = fc.record({ act: fc.constantFrom('put', 'get', 'size', 'delete'), n: fc.nat(12) })
    const rule = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const near = await StoreCache.open(new MemoryBlockstore(), 8 * KIB, () => undefined)
      const tiers = new TieredBlockstore([new MemoryCache(4 * KIB), near], new MemoryBlockstore())
      const plain = new MemoryBlockstore()
      for (const { act, n } of steps) {
        const block = numberedBlock(n, 100 * (n + 1))
        if (act === 'put') await tiers.writeBlock(block.cid, block.bytes)
        if (act === 'put') plain.writeBlock(block.cid, block.bytes)
        if (act === 'delete') await tiers.delete(block.cid)
        if (act === 'delete') plain.delete(block.cid)
        expect(await tiers.readBlock(block.cid)).toEqual(plain.readBlock(block.cid))
        expect(await tiers.sizeOf(block.cid)).toBe(plain.sizeOf(block.cid))
      }
    })
    await asyncProperty(rule, { numRuns: 60 })
  })

  it.each([
    [['memory:', 'fs:x'], 'say how much it may hold'],
    [['fs:near', 'fs:far'], 'say how much it may hold, as in fs:near?maxBytes=64MB'],
    [['s3:x?maxBytes=1MB', 'fs:far'], 'unknown storage "s3:x?maxBytes=1MB"']
  ])('%j is refused', async (specs, message) => {
    const opened = openBlockstore(specs, { hashers, base: await temporaryDirectory() })
    await expect(opened).rejects.toThrow(message)
  })
})

it('a block in LevelDB that was damaged counts as absent, and is healed by storing it again', async () => {
  const base = await temporaryDirectory()
  const careless = await openBlockstore('level:blocks?verify=off', { hashers, base })
  await careless.blockstore.put(cid, Uint8Array.of(1, 2, 3))
  await careless.close()
  const { port, close } = await openBlockstore('level:blocks', { hashers, base })
  expect(await port.get(cid)).toBeUndefined()
  await port.put(cid, bytes)
  expect(await port.get(cid)).toEqual(bytes)
  await close()
})
