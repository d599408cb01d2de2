import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { cidKey } from '../../src/ids.ts'
import { CidReader } from '../../src/message/cid-reader.ts'
import { MAX_CID_BYTES } from '../../src/message/limits.ts'
import { CID_SLAB_BYTES, cidOf, NamedBlock } from '../../src/message/named-block.ts'
import { property } from '../support/seed.ts'
import { anyCid, bytes, hex, sampleCid } from '../support/wire-samples.ts'

const DIGEST = '11'.repeat(32)

test('reads what multiformats reads, with the same key', () => {
  property(
    fc.property(anyCid, fc.nat(40), (cid, before) => {
      const body = Uint8Array.from([...new Uint8Array(before), ...cid.bytes, 0xff])
      const reader = new CidReader(body)
      expect(reader.inspect(before, body.length - 1)).toBeUndefined()
      expect(reader.key).toBe(cidKey(cid))
      const read = cidOf(reader)
      expect(read.equals(cid)).toBe(true)
      expect(read).toStrictEqual(CID.decode(cid.bytes))
    })
  )
})

test.each([
  ['empty', '', 'malformed'],
  ['only a version', '01', 'malformed'],
  ['digest cut off', `01551220${DIGEST.slice(2)}`, 'malformed'],
  ['a byte too many', `01551220${DIGEST}00`, 'malformed'],
  ['version 0 spelled out', `00701220${DIGEST}`, 'malformed'],
  ['version 2', `02551220${DIGEST}`, 'malformed'],
  ['a bare multihash that is not sha2-256', `1320${DIGEST}`, 'malformed'],
  ['a CIDv0 of 20 bytes', `1214${'11'.repeat(20)}`, 'malformed'],
  ['version not minimal', `8100551220${DIGEST}`, 'malformed'],
  ['codec not minimal', `01d5001220${DIGEST}`, 'malformed'],
  ['hash function not minimal', `0155920020${DIGEST}`, 'malformed'],
  ['length not minimal', `015512a000${DIGEST}`, 'malformed'],
  ['codec of ten bytes', `01${'80'.repeat(9)}011220${DIGEST}`, 'malformed'],
  ['length far beyond the end', `015512ffffffffffffff0f${DIGEST}`, 'malformed'],
  ['text instead of bytes', '6261666b7265', 'malformed'],
  ['identity', '015500026869', 'identity'],
  ['identity of nothing', '01550000', 'identity'],
  ['longer than allowed', `0155128002${'11'.repeat(256)}`, 'oversized'],
  ['a long identity', `0155008002${'11'.repeat(256)}`, 'oversized']
])('%s: refused', (_, text, fault) => {
  const body = bytes(text)
  expect(new CidReader(body).inspect(0, body.length)).toBe(fault)
})

test('the longest CID allowed is read, one byte more is not', () => {
  const longest = sampleCid(7, 0x55, 0x12, 163)
  expect(longest.bytes.length).toBe(MAX_CID_BYTES)
  expect(new CidReader(longest.bytes).inspect(0, MAX_CID_BYTES)).toBeUndefined()
  const longer = sampleCid(7, 0x55, 0x12, 164)
  expect(new CidReader(longer.bytes).inspect(0, longer.bytes.length)).toBe('oversized')
})

describe('memory', () => {
  test('nothing of a CID is a view on the message, and overwriting that does not change it', () => {
    const body = Uint8Array.from(sampleCid(5).bytes)
    const reader = new CidReader(body)
    expect(reader.inspect(0, body.length)).toBeUndefined()
    const named = new NamedBlock(reader)
    body.fill(0)
    const { cid } = named
    expect(hex(cid.bytes)).toBe(hex(sampleCid(5).bytes))
    for (const part of [cid.bytes, cid.multihash.bytes, cid.multihash.digest]) {
      expect(part.buffer.byteLength).toBe(CID_SLAB_BYTES)
    }
  })

  test('CIDs may be read in any order', () => {
    const body = new Uint8Array(36 * 200)
    for (let i = 0; i < 200; i++) body.set(sampleCid(i).bytes, i * 36)
    const reader = new CidReader(body)
    for (const i of [199, 0, 100, 99, 101, 0]) {
      expect(reader.inspect(i * 36, i * 36 + 36)).toBeUndefined()
      expect(cidOf(reader).equals(sampleCid(i))).toBe(true)
    }
  })
})
