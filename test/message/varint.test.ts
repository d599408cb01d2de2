import fc from 'fast-check'
import { varint } from 'multiformats'
import { expect, test } from 'vitest'
import { MAX_VARINT_BYTES, VarintReader, varintLength, writeVarint } from '../../src/message/varint.ts'
import { property } from '../support/seed.ts'
import { bytes, hex } from '../support/wire-samples.ts'

const EDGES = [
  0,
  1,
  127,
  128,
  16_383,
  16_384,
  2 ** 21 - 1,
  2 ** 21,
  2 ** 28 - 1,
  2 ** 28,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32
]
const LARGE = [2 ** 35 - 1, 2 ** 35, 2 ** 42 - 1, 2 ** 42, 2 ** 49 - 1, 2 ** 49, Number.MAX_SAFE_INTEGER]

test.each([...EDGES, ...LARGE])('%d is written as multiformats writes it, and read back', (value) => {
  const target = new Uint8Array(MAX_VARINT_BYTES + 2)
  const end = writeVarint(target, 1, value)
  const theirs = varint.encodeTo(value, new Uint8Array(varint.encodingLength(value)))
  expect(hex(target.subarray(1, end))).toBe(hex(theirs))
  expect(varintLength(value)).toBe(theirs.length)
  const reader = new VarintReader(target, 1, end)
  expect([reader.next(), reader.offset]).toEqual([value, end])
})

test('any safe integer comes back', () => {
  property(
    fc.property(fc.array(fc.maxSafeNat(), { minLength: 1, maxLength: 5 }), (values) => {
      const target = new Uint8Array(values.length * MAX_VARINT_BYTES)
      let end = 0
      for (const value of values) end = writeVarint(target, end, value)
      const reader = new VarintReader(target, 0, end)
      expect(values.map(() => reader.next())).toEqual(values)
      expect([reader.offset, reader.next()]).toEqual([end, -1])
    })
  )
})

test.each([
  ['nothing there', ''],
  ['cut off', '80'],
  ['not minimal', '8000'],
  ['not minimal at four bytes', 'ffffff00'],
  ['above 2^53 - 1', 'ffffffffffffffff10'],
  ['ten bytes', '80808080808080808001'],
  ['endless', 'ff'.repeat(20)]
])('%s: -1, and the reader stays where it is', (_, text) => {
  const reader = new VarintReader(bytes(text))
  expect([reader.next(), reader.offset]).toEqual([-1, 0])
})

test('bytes behind the end are not looked at', () => {
  expect(new VarintReader(bytes('8001'), 0, 1).next()).toBe(-1)
  expect(new VarintReader(bytes('0102'), 1, 1).next()).toBe(-1)
})
