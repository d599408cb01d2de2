import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { MAX_BLOCK_BYTES, MAX_MESSAGE_BYTES, MAX_PREFIX_BYTES } from '../../src/message/limits.ts'
import { createMessage } from '../../src/message/message.ts'
import {
  blockSize,
  cancelSize,
  encodedSize,
  entrySize,
  MAX_MESSAGE_OVERHEAD_BYTES,
  presenceSize,
  toInt32
} from '../../src/message/size.ts'
import { property } from '../support/seed.ts'
import { anyMessage, sampleBlock, sampleCid, sampleWant } from '../support/wire-samples.ts'

test('sizes of items add up to the size of a message, up to the overhead', () => {
  property(
    fc.property(anyMessage, (message) => {
      let items = 0
      for (const want of message.wants) items += entrySize(want)
      for (const { cid } of message.cancels) items += cancelSize(cid)
      for (const presence of message.presences) items += presenceSize(presence)
      for (const { prefix, bytes } of message.blocks) items += blockSize(prefix.length, bytes.length)
      const size = encodeMessage(message, '1.2.0').length
      expect(encodedSize(message, '1.2.0')).toBe(size)
      expect(size).toBeGreaterThan(items)
      expect(size).toBeLessThanOrEqual(items + MAX_MESSAGE_OVERHEAD_BYTES)
    })
  )
})

test('the largest block fits into a message, whatever its prefix and however much is pending', () => {
  const blocks = [{ prefix: new Uint8Array(MAX_PREFIX_BYTES), bytes: new Uint8Array(MAX_BLOCK_BYTES) }]
  const size = encodedSize(createMessage({ blocks, pendingBytes: 2 ** 31 - 1 }), '1.2.0')
  expect(size).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
  expect(size).toBeGreaterThan(MAX_MESSAGE_BYTES - 16)
})

test('the size is exact for every version of the wire', () => {
  property(
    fc.property(anyMessage, fc.constantFrom('1.2.0', '1.1.0', '1.0.0', 'unversioned'), (message, wire) => {
      expect(encodedSize(message, wire)).toBe(encodeMessage(message, wire).length)
    })
  )
})

test.each([
  ['a want as Boxo sends it', sampleWant(sampleCid(1), { priority: 0x7fff_ffff }), 48],
  ['a small priority', sampleWant(sampleCid(1), { priority: 1 }), 44],
  ['no priority', sampleWant(sampleCid(1), { priority: 0, sendDontHave: false }), 40],
  ['a negative priority', sampleWant(sampleCid(1), { priority: -1, type: 'have' }), 55]
])('%s', (_, want, size) => {
  expect(entrySize(want)).toBe(size)
})

test('a block of 256 KiB costs 16 bytes on top', () => {
  const block = sampleBlock(new Uint8Array(262_144))
  expect(blockSize(block.prefix.length, block.bytes.length)).toBe(262_144 + 14)
  expect(encodedSize(createMessage({ blocks: [block] }), '1.2.0')).toBe(262_144 + 16)
  expect(blockSize(4, 262_144, '1.0.0')).toBe(262_144 + 4)
})

test.each([
  [1.9, 1],
  [-1.9, -1],
  [NaN, 0],
  [Infinity, 0x7fff_ffff],
  [-Infinity, -0x8000_0000],
  [2 ** 31, 0x7fff_ffff],
  [-(2 ** 31) - 1, -0x8000_0000]
])('%d becomes the int32 %d', (value, expected) => {
  expect(toInt32(value)).toBe(expected)
})
