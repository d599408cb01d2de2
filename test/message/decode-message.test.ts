import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../src/errors.ts'
import { decodeMessage, MessageDecoder } from '../../src/message/decode-message.ts'
import { encodeMessage } from '../../src/message/encode-message.ts'
import {
  MAX_BLOCK_BYTES,
  MAX_BLOCKS_PER_MESSAGE,
  MAX_PRESENCES,
  MAX_WANTLIST_ENTRIES
} from '../../src/message/limits.ts'
import { countFaults, noFaults } from '../../src/message/message-faults.ts'
import { createMessage } from '../../src/message/message.ts'
import { pbfEntry, pbfMessage, writePbf } from '../support/pbf-message.ts'
import type { PbfMessage } from '../support/pbf-message.ts'
import { property } from '../support/seed.ts'
import { anyCid, anyInt32, anyMessage, bytes, hex, plain, sampleBlock, sampleCid } from '../support/wire-samples.ts'

const CID_1 = hex(sampleCid(1).bytes)
const WANT_1 = `0a26 0a24${CID_1}`

const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((data) => Uint8Array.from(data))
const anyPbf: fc.Arbitrary<PbfMessage> = fc.record({
  wantlist: fc.option(
    fc.record({
      entries: fc.uniqueArray(
        fc
          .record({
            cid: anyCid,
            priority: anyInt32,
            cancel: fc.boolean(),
            have: fc.boolean(),
            sendDontHave: fc.boolean()
          })
          .map(({ cid, have, ...rest }) => pbfEntry({ ...rest, block: cid.bytes, wantType: have ? 1 : 0 })),
        { selector: ({ block }) => hex(CID.decode(block).multihash.bytes), maxLength: 20 }
      ),
      full: fc.boolean()
    }),
    { nil: undefined }
  ),
  blocks: fc.array(anyBytes(100), { maxLength: 4 }),
  payload: fc.array(fc.record({ prefix: fc.constantFrom(bytes('01551220'), bytes('00701220')), data: anyBytes(100) }), {
    maxLength: 6
  }),
  blockPresences: fc.uniqueArray(fc.record({ cid: anyCid.map((cid) => cid.bytes), type: fc.constantFrom(0, 1) }), {
    selector: ({ cid }) => hex(CID.decode(cid).multihash.bytes),
    maxLength: 20
  }),
  pendingBytes: anyInt32
})

/** What we should read from a message without repetitions. */
function expected(sent: PbfMessage) {
  const entries = sent.wantlist?.entries ?? []
  const text = (cid: Uint8Array) => CID.decode(cid).toString()
  return {
    full: sent.wantlist?.full ?? false,
    wants: entries
      .filter(({ cancel }) => !cancel)
      .map(({ block, priority, wantType, sendDontHave }) => ({
        cid: text(block),
        ownKey: true,
        type: wantType === 1 ? 'have' : 'block',
        priority,
        sendDontHave
      })),
    cancels: entries.filter(({ cancel }) => cancel).map(({ block }) => ({ cid: text(block), ownKey: true })),
    presences: sent.blockPresences.map(({ cid, type }) => ({ cid: text(cid), ownKey: true, have: type === 0 })),
    blocks: [
      ...sent.blocks.map((data) => `00701220:${hex(data)}`),
      ...sent.payload.map(({ prefix, data }) => `${hex(prefix)}:${hex(data)}`)
    ],
    pendingBytes: Math.max(0, sent.pendingBytes)
  }
}

describe('beside the protobuf library', () => {
  test('we read what it writes', () => {
    property(
      fc.property(anyPbf, (sent) => {
        const { message, faults } = decodeMessage(writePbf(sent))
        expect(plain(message)).toEqual(expected(sent))
        expect(faults).toEqual(noFaults())
      }),
      { numRuns: 300 }
    )
  })

  test('what we write comes back', () => {
    property(
      fc.property(anyMessage, (message) => {
        const decoded = decodeMessage(encodeMessage(message, '1.2.0'))
        expect(plain(decoded.message)).toEqual(plain(message))
        expect(countFaults(decoded.faults)).toBe(0)
      }),
      { numRuns: 300 }
    )
  })
})

describe('one bad item costs that item', () => {
  const good = `0a28 ${WANT_1} 1a06 0a0401551220 2226 0a24${CID_1}`
  test.each<[string, string, object]>([
    ['entry without a CID', '0a04 0a02 1005', { malformedCids: 1 }],
    ['entry with an empty CID', '0a04 0a02 0a00', { malformedCids: 1 }],
    ['entry with an unreadable CID', '0a06 0a04 0a02 ffff', { malformedCids: 1 }],
    ['entry whose CID is cut off', '0a05 0a03 0a24ff', { malformedItems: 1 }],
    ['entry whose priority is cut off', '0a04 0a02 10ff', { malformedItems: 1 }],
    ['entry whose CID is a number', '0a04 0a02 0801', { malformedItems: 1 }],
    ['entry with a field 0', '0a04 0a02 0001', { malformedItems: 1 }],
    ['entry with a group', '0a04 0a02 3b3c', { malformedItems: 1 }],
    ['entry with an identity CID', '0a0a 0a08 0a06 015500026869', { identityCids: 1 }],
    ['cancel of an identity CID', '0a0c 0a0a 0a06 015500026869 1801', { identityCids: 1 }],
    ['entry with a long CID', `0a b202 0a af02 0a ac02 01551280a002${'11'.repeat(294)}`, { oversizedCids: 1 }],
    ['presence without a CID', '2202 1001', { malformedCids: 1 }],
    ['presence of an unknown type', `2228 0a24${CID_1} 1002`, { malformedItems: 1 }],
    ['presence that is cut off', '2202 0a24', { malformedItems: 1 }],
    ['presence with an identity CID', '2208 0a06 015500026869', { identityCids: 1 }],
    ['block without a prefix', '1a04 12026869', { badPrefixes: 1 }],
    ['block with three varints for a prefix', '1a09 0a03015512 12026869', { badPrefixes: 1 }],
    ['block whose data is cut off', '1a08 0a0401551220 1209', { malformedItems: 1 }]
  ])('%s', (_, bad, counted) => {
    const { message, faults } = decodeMessage(bytes(good + bad + '2805'))
    expect(faults).toEqual({ ...noFaults(), ...counted })
    expect([message.wants.length, message.blocks.length, message.presences.length]).toEqual([1, 1, 1])
    expect(message.pendingBytes).toBe(5)
    expect(plain(decodeMessage(bytes(bad + good + '2805')).message)).toEqual(plain(message))
  })

  test('faults are counted over the message; identity CIDs are nobody’s fault', () => {
    const { faults } = decodeMessage(bytes('0a14 0a00 0a00 0a08 0a06 015500026869 0a04 0a02 ffff 1a00 2200'))
    expect(faults).toEqual({ ...noFaults(), malformedCids: 4, identityCids: 1, badPrefixes: 1 })
    expect(countFaults(faults)).toBe(5)
  })
})

describe('a message that cannot be followed is refused', () => {
  test.each([
    ['length beyond the end', '0a05 0a00'],
    ['length cut off', '0a80'],
    ['tag cut off', '80'],
    ['entry beyond its wantlist', '0a02 0a05 1001 1001'],
    ['block beyond the end', '1a05 0a04'],
    ['presence beyond the end', '22ff'],
    ['bare block beyond the end', '1202 00'],
    ['wantlist as a number', '0801'],
    ['pending bytes as bytes', '2a0101'],
    ['pending bytes cut off', '28ff'],
    ['full cut off', '0a02 10ff'],
    ['full as bytes', '0a03 120101'],
    ['entries as a number', '0a02 0801'],
    ['field 0', '0001'],
    ['a group', '3b3c'],
    ['wire type 7', '3f'],
    ['unknown field cut off', '3a05 00'],
    ['length of eleven bytes', `0a${'80'.repeat(10)}01`],
    ['length of 4 GiB', '0affffffff0f']
  ])('%s', (_, text) => {
    expect(() => decodeMessage(bytes(text))).toThrow(ProtocolError)
  })
})

describe('bounds', () => {
  function items(tag: number, count: number, item: (i: number) => Uint8Array): Uint8Array {
    const parts = Array.from({ length: count }, (_, i) => {
      const body = item(i)
      return Buffer.concat([Uint8Array.of(tag, body.length), body])
    })
    return Uint8Array.from(Buffer.concat(parts))
  }

  function wantlist(entries: Uint8Array): Uint8Array {
    return Uint8Array.from(
      Buffer.concat([writePbf(pbfMessage()), Uint8Array.of(0x0a), length(entries.length), entries])
    )
  }

  function length(value: number): Uint8Array {
    const low = (value & 0x7f) | 0x80
    return Uint8Array.of(low, ((value >>> 7) & 0x7f) | 0x80, ((value >>> 14) & 0x7f) | 0x80, (value >>> 21) & 0x7f)
  }

  const cidField = (i: number) => bytes(`0a24${hex(sampleCid(i).bytes)}`)

  test('MAX_WANTLIST_ENTRIES entries are read, one more is refused', () => {
    const all = items(0x0a, MAX_WANTLIST_ENTRIES, cidField)
    expect(decodeMessage(wantlist(all)).message.wants.length).toBe(MAX_WANTLIST_ENTRIES)
    expect(() => decodeMessage(Uint8Array.from([...wantlist(all), ...bytes('0a02 0a00')]))).toThrow(/65536 wantlist/)
  })

  test('entries that are dropped count too', () => {
    expect(() => decodeMessage(wantlist(items(0x0a, MAX_WANTLIST_ENTRIES + 1, () => new Uint8Array(0))))).toThrow(
      ProtocolError
    )
  })

  test('presences beyond MAX_PRESENCES are dropped', () => {
    const { message, faults } = decodeMessage(items(0x22, MAX_PRESENCES + 3, cidField))
    expect([message.presences.length, faults.excessPresences]).toEqual([MAX_PRESENCES, 3])
  })

  test('blocks beyond MAX_BLOCKS_PER_MESSAGE are dropped, prefixed and bare ones together', () => {
    const prefixed = items(0x1a, MAX_BLOCKS_PER_MESSAGE, () => bytes('0a0401551220'))
    const bare = items(0x12, 5, () => bytes('aa'))
    const { message, faults } = decodeMessage(Uint8Array.from([...bare, ...prefixed]))
    expect([message.blocks.length, faults.excessBlocks]).toEqual([MAX_BLOCKS_PER_MESSAGE, 5])
  })

  test('a block of MAX_BLOCK_BYTES is read, one of a byte more is dropped', () => {
    const read = (size: number) => {
      const message = createMessage({ blocks: [sampleBlock(new Uint8Array(size)), sampleBlock(bytes('6869'))] })
      return decodeMessage(encodeMessage(message, '1.2.0'))
    }
    expect(read(MAX_BLOCK_BYTES).message.blocks.map((block) => block.bytes.length)).toEqual([MAX_BLOCK_BYTES, 2])
    const { message, faults } = read(MAX_BLOCK_BYTES + 1)
    expect(message.blocks.map((block) => block.bytes.length)).toEqual([2])
    expect(faults.oversizedBlocks).toBe(1)
  })
})

describe('memory', () => {
  test('block bytes are views on the body, prefixes are not and are shared', () => {
    const blocks = [sampleBlock(bytes('6869')), sampleBlock(bytes('686a'))]
    const body = encodeMessage(createMessage({ blocks }), '1.2.0')
    const [first, second] = decodeMessage(body).message.blocks
    expect(first?.bytes.buffer).toBe(body.buffer)
    expect(first?.prefix.buffer).not.toBe(body.buffer)
    expect(second?.prefix).toBe(first?.prefix)
  })

  test('a body that lies inside a larger array, or is a Buffer, is read the same', () => {
    const message = createMessage({ blocks: [sampleBlock(bytes('6869'))], pendingBytes: 7 })
    const body = encodeMessage(message, '1.2.0')
    const inside = Buffer.concat([bytes('ffff'), body, bytes('ffff')]).subarray(2, -2)
    expect(plain(decodeMessage(inside).message)).toEqual(plain(message))
    expect(decodeMessage(inside).message.blocks[0]?.bytes.constructor).toBe(Uint8Array)
  })
})

describe('in steps', () => {
  test('steps of any size read the same message', () => {
    property(
      fc.property(anyMessage, fc.integer({ min: 1, max: 20 }), (message, fields) => {
        const body = encodeMessage(message, '1.2.0')
        const decoder = new MessageDecoder(body)
        let steps = 1
        let decoded = decoder.step(fields)
        for (; decoded === undefined; steps++) decoded = decoder.step(fields)
        expect(plain(decoded.message)).toEqual(plain(message))
        const items = message.wants.length + message.cancels.length + message.presences.length + message.blocks.length
        expect(steps).toBeGreaterThanOrEqual(Math.floor(items / fields))
      })
    )
  })

  test('a fault behind the first step is found when it is reached', () => {
    const decoder = new MessageDecoder(bytes('2801 2802 0a05'))
    expect(decoder.step(1)).toBeUndefined()
    expect(decoder.step(1)).toBeUndefined()
    expect(() => decoder.step(1)).toThrow(ProtocolError)
  })
})
