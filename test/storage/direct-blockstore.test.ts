import { MemoryBlockstore as CoreMemoryBlockstore } from 'blockstore-core'
import { expect, it } from 'vitest'
import { isDirectBlockstore } from '../../src/storage/direct-blockstore.ts'
import { MemoryBlockstore } from '../../src/storage/memory-blockstore.ts'

it('isDirectBlockstore looks at the methods, not at the class', () => {
  const method = (): undefined => undefined
  expect(isDirectBlockstore(new MemoryBlockstore())).toBe(true)
  expect(isDirectBlockstore({ readBlock: method, sizeOf: method, writeBlock: method })).toBe(true)
  expect(isDirectBlockstore({ readBlock: method, sizeOf: method })).toBe(false)
  expect(isDirectBlockstore(new CoreMemoryBlockstore())).toBe(false)
})
