import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMessage } from '../../src/message/encode-message.ts'
import { encodeFrame } from '../support/encode-frame.ts'
import { MAX_MESSAGE_BYTES } from '../../src/message/limits.ts'
import { createMessage } from '../../src/message/message.ts'
import type { Message } from '../../src/message/message.ts'
import type { WireVersion } from '../../src/message/wire-version.ts'
import { pbfEntry, pbfMessage, readPbf, writePbf } from '../support/pbf-message.ts'
import type { PbfMessage } from '../support/pbf-message.ts'
import { property } from '../support/seed.ts'
import {
  anyMessage,
  bytes,
  hex,
  sampleBlock,
  sampleCancel,
  sampleCid,
  sampleCidV0,
  samplePresence,
  sampleWant
} from '../support/wire-samples.ts'

const ONE = '01000000'.repeat(8)
const CID_1 = `01551220${ONE}`

/** What the protobuf library should find in an encoded message. */
function asPbf(message: Message, wire: WireVersion): PbfMessage {
  const entries = [
    ...message.cancels.map(({ cid }) => pbfEntry({ block: cid.bytes, cancel: true })),
    ...message.wants.map(({ cid, type, priority, sendDontHave }) =>
      pbfEntry({ block: cid.bytes, priority, wantType: type === 'have' ? 1 : 0, sendDontHave })
    )
  ]
  const wantlist = { entries, full: message.full }
  if (wire === '1.0.0' || wire === 'unversioned') {
    return pbfMessage({ wantlist, blocks: message.blocks.map((block) => block.bytes) })
  }
  return pbfMessage({
    wantlist,
    payload: message.blocks.map(({ prefix, bytes: data }) => ({ prefix, data })),
    blockPresences: message.presences.map(({ cid, have }) => ({ cid: cid.bytes, type: have ? 0 : 1 })),
    pendingBytes: message.pendingBytes
  })
}

describe('beside the protobuf library', () => {
  test('it reads what we write, and would have written the same bytes', () => {
    property(
      fc.property(
        anyMessage,
        fc.constantFrom<WireVersion>('1.2.0', '1.1.0', '1.0.0', 'unversioned'),
        (message, wire) => {
          const encoded = encodeMessage(message, wire)
          const expected = asPbf(message, wire)
          expect(hex(encoded)).toBe(hex(writePbf(expected)))
          expect(JSON.stringify(readPbf(encoded))).toBe(JSON.stringify(expected))
        }
      ),
      { numRuns: 300 }
    )
  })
})

describe('byte for byte', () => {
  const cid = sampleCid(1)
  test.each<[string, Partial<Message>, string]>([
    ['nothing: the wantlist is still there', {}, '0a00'],
    ['nothing, full', { full: true }, '0a02 1001'],
    [
      'a want-block with the highest priority',
      { wants: [sampleWant(cid, { priority: 0x7fff_ffff })] },
      `0a30 0a2e 0a24${CID_1} 10ffffffff07 2801`
    ],
    [
      'a want-have of a broadcast',
      { wants: [sampleWant(cid, { type: 'have', priority: 0, sendDontHave: false })] },
      `0a2a 0a28 0a24${CID_1} 2001`
    ],
    [
      'a negative priority',
      { wants: [sampleWant(cid, { priority: -2, sendDontHave: false })] },
      `0a33 0a31 0a24${CID_1} 10feffffffffffffffff01`
    ],
    ['a cancel', { cancels: [sampleCancel(cid)] }, `0a2a 0a28 0a24${CID_1} 1801`],
    ['a cancel of a CIDv0', { cancels: [sampleCancel(sampleCidV0(1))] }, `0a28 0a26 0a22 1220${ONE} 1801`],
    ['have', { presences: [samplePresence(cid, true)] }, `0a00 2226 0a24${CID_1}`],
    ['dont-have', { presences: [samplePresence(cid, false)] }, `0a00 2228 0a24${CID_1} 1001`],
    ['a block', { blocks: [sampleBlock(bytes('6869'))] }, '0a00 1a0a 0a0401551220 12026869'],
    ['an empty block', { blocks: [sampleBlock(bytes(''))] }, '0a00 1a06 0a0401551220'],
    ['pending bytes', { pendingBytes: 300 }, '0a00 28ac02'],
    ['more pending bytes than the field holds', { pendingBytes: 2 ** 40 }, '0a00 28ffffffff07']
  ])('%s', (_, parts, expected) => {
    const message = createMessage(parts)
    const body = hex(bytes(expected))
    expect(hex(encodeMessage(message, '1.2.0'))).toBe(body)
    const length = (body.length / 2).toString(16).padStart(2, '0')
    expect(hex(encodeFrame(message, '1.2.0'))).toBe(length + body)
  })

  test('a message of 1.0: bare blocks, no presences, no pending bytes', () => {
    const message = createMessage({
      wants: [sampleWant(cid, { priority: 1, sendDontHave: false })],
      presences: [samplePresence(cid, false)],
      blocks: [sampleBlock(bytes('6869'), sampleCidV0(1)), sampleBlock(bytes(''), sampleCidV0(2))],
      pendingBytes: 9
    })
    const expected = hex(bytes(`0a2a 0a28 0a24${CID_1} 1001 1202 6869 1200`))
    expect(hex(encodeMessage(message, '1.0.0'))).toBe(expected)
    expect(hex(encodeMessage(message, 'unversioned'))).toBe(expected)
  })
})

describe('the buffer', () => {
  test('a frame is one array: the length, then the message', () => {
    property(
      fc.property(anyMessage, (message) => {
        const body = encodeMessage(message, '1.2.0')
        const frame = encodeFrame(message, '1.2.0')
        expect(hex(frame.subarray(frame.length - body.length))).toBe(hex(body))
        expect(frame.constructor).toBe(Uint8Array)
      })
    )
  })

  test('a message that no peer would read is not framed', () => {
    const blocks = [sampleBlock(new Uint8Array(MAX_MESSAGE_BYTES))]
    expect(() => encodeFrame(createMessage({ blocks }), '1.2.0')).toThrow(/too long/)
    const fitting = [sampleBlock(new Uint8Array(MAX_MESSAGE_BYTES - 18))]
    expect(encodeFrame(createMessage({ blocks: fitting }), '1.2.0').length).toBe(MAX_MESSAGE_BYTES + 4)
  })

  test('the first bytes are left to the caller when asked for', () => {
    const message = createMessage({ pendingBytes: 1 })
    const target = encodeMessage(message, '1.2.0', 5)
    expect(target.length).toBe(9)
    expect(hex(target.subarray(5))).toBe('0a002801')
  })

  test('what is encoded does not change with the message it came from', () => {
    const data = Uint8Array.from({ length: 100 }, (_, i) => i)
    const wants = [sampleWant(sampleCid(1))]
    const encoded = encodeMessage(createMessage({ wants, blocks: [sampleBlock(data)] }), '1.2.0')
    const before = hex(encoded)
    data.fill(0)
    wants.push(sampleWant(sampleCid(2)))
    expect(hex(encoded)).toBe(before)
  })
})
