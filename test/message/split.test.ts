import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from '../../src/message/encode-message.ts'
import {
  MAX_BLOCKS_PER_MESSAGE,
  MAX_MESSAGE_BYTES,
  MAX_PRESENCES,
  MAX_WANTLIST_ENTRIES
} from '../../src/message/limits.ts'
import { createMessage } from '../../src/message/message.ts'
import { splitMessage } from '../../src/message/split.ts'
import { property } from '../support/seed.ts'
import {
  anyMessage,
  bytes,
  plain,
  sampleBlock,
  sampleCancel,
  sampleCid,
  samplePresence,
  sampleWant
} from '../support/wire-samples.ts'

/** Room for the largest single item of `anyMessage`. */
const ROOMY = 600

test('the parts say what the whole said, in order, and each fits', () => {
  property(
    fc.property(anyMessage, fc.integer({ min: ROOMY, max: 4_000 }), (message, maxBytes) => {
      const parts = splitMessage(message, maxBytes)
      for (const part of parts) expect(encodeMessage(part, '1.2.0').length).toBeLessThanOrEqual(maxBytes)
      const joined = createMessage({
        full: message.full,
        wants: parts.flatMap((part) => part.wants),
        cancels: parts.flatMap((part) => part.cancels),
        presences: parts.flatMap((part) => part.presences),
        blocks: parts.flatMap((part) => part.blocks),
        pendingBytes: parts.at(-1)?.pendingBytes ?? -1
      })
      expect(plain(joined)).toEqual(plain(message))
      expect(parts.map((part) => part.full)).toEqual(parts.map((_, i) => message.full && i === 0))
    })
  )
})

test('parts are filled as far as they go', () => {
  const wants = Array.from({ length: 100 }, (_, i) => sampleWant(sampleCid(i), { priority: 1 }))
  const parts = splitMessage(createMessage({ wants }), 1_024)
  expect(parts.map((part) => part.wants.length)).toEqual([22, 22, 22, 22, 12])
})

test('cancels come first, then wants, presences, blocks', () => {
  const message = createMessage({
    wants: [sampleWant(sampleCid(1))],
    cancels: [sampleCancel(sampleCid(2))],
    presences: [samplePresence(sampleCid(3), true)],
    blocks: [sampleBlock(bytes('aa')), sampleBlock(bytes('bbbb'))],
    pendingBytes: 100
  })
  const parts = splitMessage(message, 20)
  const counts = parts.map((part) => [
    part.cancels.length,
    part.wants.length,
    part.presences.length,
    part.blocks.length
  ])
  expect(counts).toEqual([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [0, 0, 0, 1]
  ])
  expect(parts.map((part) => part.pendingBytes)).toEqual([103, 103, 103, 102, 100])
})

describe('what needs no cutting', () => {
  test.each([
    ['nothing', createMessage({})],
    ['nothing, full', createMessage({ full: true })],
    ['a want', createMessage({ wants: [sampleWant(sampleCid(1))] })],
    ['a block of 2 MiB', createMessage({ blocks: [sampleBlock(new Uint8Array(2 * 1024 * 1024))] })]
  ])('%s is passed on as it is', (_, message) => {
    const parts = splitMessage(message)
    expect(parts).toHaveLength(1)
    expect(parts[0]).toBe(message)
  })

  test('a block that is too long alone is sent alone', () => {
    const blocks = [sampleBlock(bytes('aa')), sampleBlock(new Uint8Array(1_000)), sampleBlock(bytes('bb'))]
    const parts = splitMessage(createMessage({ blocks }), 200)
    expect(parts.map((part) => part.blocks.map((block) => block.bytes.length))).toEqual([[1], [1_000], [1]])
  })
})

describe('counts that a receiver reads', () => {
  test('more blocks, presences or entries than that become several messages', () => {
    const blocks = Array<ReturnType<typeof sampleBlock>>(MAX_BLOCKS_PER_MESSAGE + 1).fill(sampleBlock(bytes('aa')))
    expect(splitMessage(createMessage({ blocks })).map((part) => part.blocks.length)).toEqual([
      MAX_BLOCKS_PER_MESSAGE,
      1
    ])
    const presence = samplePresence(sampleCid(1), true)
    const presences = Array<typeof presence>(MAX_PRESENCES + 1).fill(presence)
    expect(splitMessage(createMessage({ presences })).map((part) => part.presences.length)).toEqual([MAX_PRESENCES, 1])
    const cancel = sampleCancel(sampleCid(1))
    const cancels = Array<typeof cancel>(MAX_WANTLIST_ENTRIES).fill(cancel)
    const parts = splitMessage(createMessage({ cancels, wants: [sampleWant(sampleCid(2))] }))
    expect(parts.map((part) => [part.cancels.length, part.wants.length])).toEqual([
      [MAX_WANTLIST_ENTRIES, 0],
      [0, 1]
    ])
  })

  test('100,000 wants fit into messages of 4 MiB', () => {
    const wants = Array.from({ length: 100_000 }, (_, i) => sampleWant(sampleCid(i)))
    const parts = splitMessage(createMessage({ full: true, wants }))
    expect(parts.map((part) => part.full)).toEqual([true, false])
    for (const part of parts) expect(encodeMessage(part, '1.2.0').length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
  })
})

test('for 1.0 presences are left out, and blocks are measured without a prefix', () => {
  const message = createMessage({
    presences: Array.from({ length: 100 }, (_, i) => samplePresence(sampleCid(i), true)),
    blocks: Array.from({ length: 4 }, () => sampleBlock(new Uint8Array(96)))
  })
  const parts = splitMessage(message, 214, '1.0.0')
  expect(parts.map((part) => [part.presences.length, part.blocks.length])).toEqual([
    [0, 2],
    [0, 2]
  ])
})
