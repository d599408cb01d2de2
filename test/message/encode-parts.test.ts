import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeFrameParts, MIN_PART_BYTES } from '../../src/message/encode-parts.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { createMessage, type Message } from '../../src/message/message.ts'
import { property } from '../support/seed.ts'

const PREFIX = Uint8Array.of(1, 0x55, 0x12, 32)

function withBlocks(sizes: readonly number[], prefix = PREFIX): Message {
  const blocks = sizes.map((size, i) => ({ prefix, bytes: new Uint8Array(size).fill(i + 1) }))
  return createMessage({ blocks, pendingBytes: 77 })
}

/** Blocks by size, as large ones come last. */
function read(parts: readonly Uint8Array[]): Message {
  const [body] = new FrameReader().push(Buffer.concat(parts))
  if (body === undefined) throw new Error('no whole frame')
  const { message, faults } = decodeMessage(body)
  expect(Object.values({ ...faults })).toEqual(Array.from({ length: 8 }, () => 0))
  return message
}

describe('encodeFrameParts', () => {
  it('is one buffer, the length and the message, for a message without large blocks', () => {
    const message = withBlocks([0, 1, 1000, MIN_PART_BYTES - 1])
    const body = encodeMessage(message, '1.2.0')
    const parts = encodeFrameParts(message, '1.2.0')
    expect(parts.length).toBe(1)
    expect(Buffer.concat(parts).subarray(-body.length).equals(body)).toBe(true)
    expect(new FrameReader().push(Buffer.concat(parts))).toEqual([body])
  })

  it('does not copy large blocks', () => {
    const message = withBlocks([MIN_PART_BYTES, 10, 1 << 21])
    const parts = encodeFrameParts(message, '1.2.0')
    expect(parts.length).toBe(5)
    expect(parts[2]).toBe(message.blocks[0]?.bytes)
    expect(parts[4]).toBe(message.blocks[2]?.bytes)
  })

  it.each(['1.2.0', '1.1.0', '1.0.0', 'unversioned'] as const)('is read by any reader of %s', (wire) => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.integer({ min: MIN_PART_BYTES - 2, max: 300_000 })), {
      maxLength: 6
    })
    property(
      fc.property(sizes, (all) => {
        const message = withBlocks(all)
        const found = read(encodeFrameParts(message, wire))
        const sorted = (from: Message): Uint8Array[] =>
          from.blocks.map(({ bytes }) => bytes).sort((a, b) => a.length - b.length || (a[0] ?? 0) - (b[0] ?? 0))
        const expected = wire.startsWith('1.0') || wire === 'unversioned' ? 0 : 77
        expect(found.pendingBytes).toBe(expected)
        expect(found.blocks.length).toBe(all.length)
        expect(Buffer.concat(sorted(found)).equals(Buffer.concat(sorted(message)))).toBe(true)
      }),
      { numRuns: 20 }
    )
  })

  it('refuses a message that is too long', () => {
    expect(() => encodeFrameParts(withBlocks([1 << 21, 1 << 21]), '1.2.0')).toThrow('too long for the wire')
  })
})
