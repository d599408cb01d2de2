/**
 * One test for each rule of the bitswap wire that an implementation has to keep: from the specification, and from what
 * peers in use send, expect, or crash on. The rule stands above its test, in our words.
 */
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../src/errors.ts'
import { decodeMessage } from '../../src/message/decode-message.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { encodeFrame } from '../support/encode-frame.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { MAX_BLOCK_BYTES, MAX_MESSAGE_BYTES } from '../../src/message/limits.ts'
import { countFaults } from '../../src/message/message-faults.ts'
import { createMessage } from '../../src/message/message.ts'
import type { WantEntry } from '../../src/message/message.ts'
import { cidPrefix, parsePrefix } from '../../src/message/prefix.ts'
import { entrySize } from '../../src/message/size.ts'
import { varintLength, writeVarint } from '../../src/message/varint.ts'
import {
  bytes,
  DAG_PB,
  hex,
  plain,
  sampleBlock,
  sampleCancel,
  sampleCid,
  sampleCidV0,
  samplePresence,
  sampleWant
} from '../support/wire-samples.ts'

const CID_1 = `0a24 ${hex(sampleCid(1).bytes)}`
const IDENTITY_HI = '0a06 015500026869'

/** A field of up to 127 bytes, as hex. */
function delimited(tag: string, body: string): string {
  return `${tag}${bytes(body).length.toString(16).padStart(2, '0')} ${body}`
}

/** The length of a frame, and nothing after it. */
function header(length: number): Uint8Array {
  const target = new Uint8Array(varintLength(length))
  writeVarint(target, 0, length)
  return target
}

describe('frames', () => {
  // A stream carries messages one after the other, each behind its length as an unsigned varint.
  test('several messages on one stream', () => {
    const messages = [1, 2, 3].map((pendingBytes) => createMessage({ pendingBytes }))
    const stream = Buffer.concat(messages.map((message) => encodeFrame(message, '1.2.0')))
    const bodies = new FrameReader().push(stream)
    expect(bodies.map((body) => decodeMessage(body).message.pendingBytes)).toEqual([1, 2, 3])
  })

  // A message has at most 4 MiB; a receiver refuses a longer one, here before it takes any of it.
  test('4 MiB are taken, one byte more is refused on sight', () => {
    const reader = new FrameReader()
    expect(reader.push(header(MAX_MESSAGE_BYTES))).toEqual([])
    expect(() => new FrameReader().push(header(MAX_MESSAGE_BYTES + 1))).toThrow(ProtocolError)
  })

  // Lengths are minimal varints of at most nine bytes: a negative length is none.
  test.each(['ffffffffffffffffff01', '8100', '8080808080808080808000'])('length %s is refused', (text) => {
    expect(() => new FrameReader().push(bytes(text))).toThrow(ProtocolError)
  })

  // Empty messages are odd but harmless.
  test('an empty message is a message', () => {
    const [body] = new FrameReader().push(bytes('00'))
    expect(plain(decodeMessage(body ?? bytes('ff')).message)).toEqual(plain(createMessage({})))
  })
})

describe('blocks', () => {
  // Blocks of up to 2 MiB must be carried.
  test('a block of 2 MiB fits into a message and comes back', () => {
    const block = sampleBlock(new Uint8Array(MAX_BLOCK_BYTES).fill(7))
    const [body] = new FrameReader().push(encodeFrame(createMessage({ blocks: [block] }), '1.2.0'))
    const [read] = decodeMessage(body ?? bytes('')).message.blocks
    expect(read?.bytes.length).toBe(MAX_BLOCK_BYTES)
    expect(Buffer.compare(read?.bytes ?? bytes(''), block.bytes)).toBe(0)
  })

  // From 1.1 a block names version, codec, hash function and digest length of its CID, and never the digest.
  test('a block travels with the prefix of its CID', () => {
    const block = sampleBlock(bytes('6869'), sampleCid(1, DAG_PB))
    expect(hex(encodeMessage(createMessage({ blocks: [block] }), '1.1.0'))).toBe('0a001a0a0a040170122012026869')
  })

  // In 1.0 a block is bare bytes, meant as CIDv0: dag-pb, sha2-256 of 32 bytes.
  test('a bare block is read as CIDv0', () => {
    const [block] = decodeMessage(bytes('12026869')).message.blocks
    expect(parsePrefix(block?.prefix ?? bytes(''))).toEqual({ version: 0, codec: 0x70, code: 0x12, length: 32 })
    expect(block?.prefix).toEqual(cidPrefix(sampleCidV0(1)))
  })

  // Bare blocks are understood beside prefixed ones, whatever version was agreed on.
  test('both forms in one message', () => {
    const { message } = decodeMessage(bytes('1a0a 0a0401551220 12026869 12026869'))
    expect(message.blocks.map(({ prefix }) => hex(prefix))).toEqual(['01551220', '00701220'])
  })

  // A prefix is four minimal varints of at most 40 bytes; version 0 means dag-pb and sha2-256 and nothing else.
  test.each(['1a03 0a0101', '1a07 0a0501551220 00', '1a06 0a0400551220', '1a07 0a058100551220'])(
    'a block with a bad prefix is dropped: %s',
    (text) => {
      const { message, faults } = decodeMessage(bytes(`${text} 1a06 0a0401551220`))
      expect([message.blocks.length, faults.badPrefixes]).toEqual([1, 1])
    }
  )

  // The empty block is a block like any other, although protobuf leaves its bytes out.
  test('an empty block is sent and read', () => {
    const encoded = encodeMessage(createMessage({ blocks: [sampleBlock(bytes(''))] }), '1.2.0')
    expect(decodeMessage(encoded).message.blocks.map((block) => block.bytes.length)).toEqual([0])
  })
})

describe('wantlists', () => {
  // Some peers crash on a message without a wantlist: it is always there, in every version.
  test.each(['1.2.0', '1.1.0', '1.0.0', 'unversioned'] as const)('%s: an empty wantlist is written', (wire) => {
    expect(hex(encodeMessage(createMessage({}), wire))).toBe('0a00')
  })

  // A message may come without one.
  test('a message without a wantlist is read', () => {
    expect(decodeMessage(bytes('2801')).message).toMatchObject({ full: false, wants: [], cancels: [] })
  })

  // What is left out has its default: no priority, want-block, no cancel, no dont-have, not full.
  test('defaults', () => {
    const { message } = decodeMessage(bytes(`0a28 0a26 ${CID_1}`))
    expect(message.full).toBe(false)
    expect(message.wants).toMatchObject([{ type: 'block', priority: 0, sendDontHave: false }])
  })

  // A kind of want that is not known yet is a want-block.
  test.each(['2002', '207f', '20ffffffffffffffffff01'])('want type %s is read as want-block', (type) => {
    const wantlist = delimited('0a', delimited('0a', `${CID_1} ${type}`))
    expect(decodeMessage(bytes(wantlist)).message.wants).toMatchObject([{ type: 'block' }])
  })

  // A priority is an int32, negative ones included.
  test.each([0, 1, -1, 0x7fff_ffff, -0x8000_0000])('priority %d comes back', (priority) => {
    const wants = [sampleWant(sampleCid(1), { priority })]
    expect(decodeMessage(encodeMessage(createMessage({ wants }), '1.2.0')).message.wants).toMatchObject([{ priority }])
  })

  // `full` is kept; entries come back as they were sent.
  test('a full wantlist comes back', () => {
    const wants = [sampleWant(sampleCid(1), { type: 'have' }), sampleWant(sampleCidV0(2), { sendDontHave: false })]
    const message = createMessage({ full: true, wants, cancels: [sampleCancel(sampleCid(3))] })
    expect(plain(decodeMessage(encodeMessage(message, '1.2.0')).message)).toEqual(plain(message))
  })

  // A CID that comes twice in a message counts once.
  test('repeated wants and presences collapse', () => {
    const want = sampleWant(sampleCid(1))
    const presence = samplePresence(sampleCid(2), false)
    const message = createMessage({ wants: [want, want], presences: [presence, presence] })
    const read = decodeMessage(encodeMessage(message, '1.2.0')).message
    expect([read.wants.length, read.presences.length]).toEqual([1, 1])
  })

  // Merging: a cancel sticks, dont-have sticks, want-block beats want-have, priority follows the same type only.
  test('repeated wants merge', () => {
    const cid = sampleCid(1)
    const merged = (...wants: WantEntry[]) =>
      decodeMessage(encodeMessage(createMessage({ wants }), '1.2.0')).message.wants
    const have = sampleWant(cid, { type: 'have', priority: 5, sendDontHave: true })
    const block = sampleWant(cid, { type: 'block', priority: 9, sendDontHave: false })
    expect(merged(have, block)).toMatchObject([{ type: 'block', priority: 5, sendDontHave: true }])
    expect(merged(block, have)).toMatchObject([{ type: 'block', priority: 9, sendDontHave: true }])
    const both = createMessage({ wants: [block], cancels: [sampleCancel(cid)] })
    expect(decodeMessage(encodeMessage(both, '1.2.0')).message).toMatchObject({ wants: [], cancels: [{ cid }] })
  })

  // Identity CIDs are never asked for on the wire: the entry is ignored, cancels too, and the peer is not to blame.
  test('identity CIDs are ignored', () => {
    const { message, faults } = decodeMessage(
      bytes(`0a3e 0a08${IDENTITY_HI} 0a0a${IDENTITY_HI}1801 0a26${CID_1} 2208${IDENTITY_HI}`)
    )
    expect([message.wants.length, message.cancels.length, message.presences.length]).toEqual([1, 0, 0])
    expect(faults.identityCids).toBe(3)
  })

  // CIDs longer than 168 bytes are ignored.
  test('long CIDs are ignored', () => {
    const wants = [sampleWant(sampleCid(1, 0x55, 0x12, 200)), sampleWant(sampleCid(2))]
    const { message, faults } = decodeMessage(encodeMessage(createMessage({ wants }), '1.2.0'))
    expect(message.wants.map(({ cid }) => cid.toString())).toEqual([sampleCid(2).toString()])
    expect(faults.oversizedCids).toBe(1)
  })

  // An honest peer batches some 45,000 wants into 2 MiB: they are read.
  test('45,000 wants in a message are read', () => {
    const wants = Array.from({ length: 45_000 }, (_, i) => sampleWant(sampleCid(i), { priority: 0x7fff_ffff - i }))
    expect(decodeMessage(encodeMessage(createMessage({ wants }), '1.2.0')).message.wants.length).toBe(45_000)
  })

  // The size of an entry is what protobuf says, so that messages can be filled without encoding them.
  test('the size of an entry is exact', () => {
    const want = sampleWant(sampleCid(1), { priority: 300 })
    const without = encodeMessage(createMessage({}), '1.2.0').length
    expect(encodeMessage(createMessage({ wants: [want] }), '1.2.0').length - without).toBe(entrySize(want))
  })
})

describe('presences', () => {
  // Have is 0 and left out, dont-have is 1.
  test('byte for byte', () => {
    const presences = [samplePresence(sampleCid(1), true), samplePresence(sampleCid(1), false)]
    const encoded = hex(encodeMessage(createMessage({ presences }), '1.2.0'))
    expect(encoded).toBe(hex(bytes(`0a00 2226 ${CID_1} 2228 ${CID_1} 1001`)))
  })

  // Presences and pending bytes came with 1.2; 1.1 has the same form and gets them if there are any.
  test('1.1 and 1.2 are written alike, 1.0 and older without presences', () => {
    const message = createMessage({ presences: [samplePresence(sampleCid(1), true)], pendingBytes: 5 })
    expect(hex(encodeMessage(message, '1.1.0'))).toBe(hex(encodeMessage(message, '1.2.0')))
    expect(hex(encodeMessage(message, '1.0.0'))).toBe('0a00')
    expect(hex(encodeMessage(message, 'unversioned'))).toBe('0a00')
  })

  // Pending bytes are a hint; a negative one says nothing.
  test('negative pending bytes are 0', () => {
    expect(decodeMessage(bytes('28ffffffffffffffffff01')).message.pendingBytes).toBe(0)
  })
})

describe('what is not understood', () => {
  // Fields that later versions may add are passed over, at every level.
  test('unknown fields are skipped', () => {
    const unknown = '3a02aabb 4001 4d01020304 510102030405060708'
    const entry = delimited('0a', `${unknown} ${CID_1}`)
    const presence = delimited('22', `${unknown} ${CID_1}`)
    const body = `${unknown} ${delimited('0a', `${unknown} ${entry}`)} ${presence} 2805`
    const { message, faults } = decodeMessage(bytes(body))
    expect(countFaults(faults)).toBe(0)
    expect(message.presences.length).toBe(1)
    expect([message.wants.length, message.pendingBytes]).toEqual([1, 5])
  })

  // A bad entry, block or presence costs that item; the good ones beside it count.
  test('one bad item costs that item', () => {
    const { message, faults } = decodeMessage(bytes(`0a2c 0a02 0a00 0a26${CID_1} 1a02 0a00 1a06 0a0401551220 2200`))
    expect([message.wants.length, message.blocks.length, message.presences.length]).toEqual([1, 1, 0])
    expect([faults.malformedCids, faults.badPrefixes]).toEqual([2, 1])
  })

  // A CID is made of minimal varints.
  test('a CID with a padded varint is none', () => {
    const padded = `0a25 8100 55 12 20 ${'11'.repeat(32)}`
    const { message, faults } = decodeMessage(bytes(`0a29 0a27 ${padded}`))
    expect([message.wants.length, faults.malformedCids]).toEqual([0, 1])
  })

  // A message whose structure is broken is refused as a whole, with an error of its own kind.
  test('a broken message is refused', () => {
    expect(() => decodeMessage(bytes('0a7f00'))).toThrow(ProtocolError)
  })
})
