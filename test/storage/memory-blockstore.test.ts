import { describe, expect, it } from 'vitest'
import { toBlockstorePort } from '../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'
import { blockstoreCases, blockstorePortCases } from '../../src/testing/blockstore-suite.ts'
import { numberedBlock } from '../../src/testing/sample-blocks.ts'

const close = (): void => undefined

describe('MemoryBlockstore', () => {
  for (const { name, run } of blockstoreCases(() => ({ store: new MemoryBlockstore(), close }))) it(name, run)
  const openPort = () => ({ store: toBlockstorePort(new MemoryBlockstore()), close })
  for (const { name, run } of blockstorePortCases(openPort)) it(name, run)

  it('answers at once, without promises', () => {
    const store = new MemoryBlockstore()
    const { cid, bytes } = numberedBlock(1)
    expect(store.put(cid, bytes)).toBe(cid)
    expect(store.readBlock(cid)).toEqual(bytes)
    expect(store.sizeOf(cid)).toBe(64)
    expect(store.has(cid)).toBe(true)
    expect([...store.get(cid)]).toEqual([bytes])
    const port = toBlockstorePort(store)
    expect(port.get(cid)).toEqual(bytes)
    expect(port.size(cid)).toBe(64)
    expect(port.put(cid, bytes)).toBeUndefined()
  })

  it('holds no more bytes than allowed, and loses none to make room', () => {
    const store = new MemoryBlockstore({ maxBytes: 128 })
    const [first, second, third] = [numberedBlock(1), numberedBlock(2), numberedBlock(3, 1)]
    store.writeBlock(first.cid, first.bytes)
    store.writeBlock(second.cid, second.bytes)
    expect(() => store.writeBlock(third.cid, third.bytes)).toThrow(expect.objectContaining({ code: 'ERR_STORE' }))
    expect([store.blocks, store.bytes]).toEqual([2, 128])
    store.writeBlock(first.cid, first.bytes)
    store.delete(second.cid)
    store.writeBlock(third.cid, third.bytes)
    expect([store.blocks, store.bytes]).toEqual([2, 65])
  })

  it('does not keep a whole message alive for one small block of it', () => {
    const store = new MemoryBlockstore()
    const message = new Uint8Array(1_000_000)
    const { cid, bytes } = numberedBlock(1, 1_000)
    message.set(bytes, 5)
    store.writeBlock(cid, message.subarray(5, 1_005))
    expect(store.readBlock(cid)?.buffer.byteLength).toBe(1_000)
    store.writeBlock(cid, bytes)
    expect(store.readBlock(cid)).toBe(bytes)
  })
})
