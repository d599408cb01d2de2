import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_PREFIX_BYTES } from '../../src/message/limits.ts'
import { CID_V0_PREFIX, cidPrefix, encodePrefix, MAX_CACHED_PREFIXES, parsePrefix } from '../../src/message/prefix.ts'
import { property } from '../support/seed.ts'
import { anyCid, bytes, DAG_PB, hex, RAW, sampleCid, sampleCidV0, SHA2_256 } from '../support/wire-samples.ts'

test.each([
  ['CIDv0', sampleCidV0(1), '00701220'],
  ['CIDv1 raw sha2-256', sampleCid(1), '01551220'],
  ['CIDv1 dag-pb sha2-512', sampleCid(1, DAG_PB, 0x13, 64), '01701340'],
  ['blake2b-256, a code of three bytes', sampleCid(1, RAW, 0xb220), '0155a0e40220'],
  ['dag-json, a codec of two bytes, 128 byte digest', sampleCid(1, 0x0129, SHA2_256, 128), '01a902128001']
])('the prefix of a %s', (_, cid, expected) => {
  expect(hex(cidPrefix(cid))).toBe(expected)
  expect(hex(cidPrefix(cid))).toBe(expected)
})

test('a prefix read says what its CID says', () => {
  property(
    fc.property(anyCid, (cid) => {
      const { code, size } = cid.multihash
      expect(parsePrefix(cidPrefix(cid))).toEqual({ version: cid.version, codec: cid.code, code, length: size })
    })
  )
})

test('equal prefixes share one array and one key', () => {
  expect(cidPrefix(sampleCid(1))).toBe(cidPrefix(sampleCid(2)))
  expect(cidPrefix(sampleCidV0(1))).toBe(cidPrefix(sampleCidV0(2)))
})

test('the cache is bounded: more combinations than it holds still come out right', () => {
  for (let codec = 1; codec <= 2 * MAX_CACHED_PREFIXES; codec++) {
    const expected = encodePrefix({ version: 1, codec, code: SHA2_256, length: 32 })
    expect(hex(cidPrefix(sampleCid(1, codec)))).toBe(hex(expected))
  }
})

test.each([
  ['empty', ''],
  ['three varints', '015512'],
  ['five varints', '0155122001'],
  ['cut off', '01551280'],
  ['not minimal: version', '8100551220'],
  ['not minimal: length', '015512a000'],
  ['version 2', '02551220'],
  ['version 0, but raw', '00551220'],
  ['version 0, but sha2-512', '00701340'],
  ['version 0, but 20 bytes', '00701214'],
  ['a CIDv0 instead of its prefix', `1220${'11'.repeat(32)}`],
  ['a whole CIDv1', `01551220${'11'.repeat(32)}`],
  ['a varint of ten bytes', '018080808080808080800155'],
  ['41 bytes', '01'.repeat(MAX_PREFIX_BYTES + 1)]
])('refused: %s', (_, text) => {
  expect(parsePrefix(bytes(text))).toBeUndefined()
})

test('a prefix inside a larger array is read between its offsets', () => {
  const read = parsePrefix(bytes('ffff01551220ffff'), 2, 6)
  expect(read).toEqual({ version: 1, codec: RAW, code: SHA2_256, length: 32 })
  expect(parsePrefix(CID_V0_PREFIX)).toEqual({ version: 0, codec: DAG_PB, code: SHA2_256, length: 32 })
})
