import fc from 'fast-check'
import { PbfWriter } from 'pbf'
import { expect, test } from 'vitest'
import { ProtoReader } from '../../src/message/proto-reader.ts'
import { property } from '../support/seed.ts'
import { anyInt32, bytes } from '../support/wire-samples.ts'

test('int32 as the protobuf library writes it, negative ones in ten bytes', () => {
  property(
    fc.property(anyInt32, (value) => {
      const writer = new PbfWriter()
      writer.writeVarint(value)
      const reader = new ProtoReader(Uint8Array.from(writer.finish()))
      expect([reader.readVarint(), reader.low | 0, reader.offset]).toEqual([true, value, reader.end])
      expect(reader.high).toBe(value < 0 ? 0xffff_ffff : 0)
    })
  )
})

test.each([
  ['28 bits', 'ffffff7f', 0x0fff_ffff, 0],
  ['32 bits', 'ffffffff0f', 0xffff_ffff, 0],
  ['33 bits', '8080808010', 0, 1],
  ['35 bits', 'ffffffff7f', 0xffff_ffff, 7],
  ['64 bits', 'ffffffffffffffffff01', 0xffff_ffff, 0xffff_ffff],
  ['not minimal, which protobuf allows', '818000', 1, 0]
])('varint of %s', (_, text, low, high) => {
  const reader = new ProtoReader(bytes(text))
  expect([reader.readVarint(), reader.low, reader.high]).toEqual([true, low, high])
})

test.each([
  ['nothing', ''],
  ['cut off', 'ffff'],
  ['eleven bytes', '8080808080808080808001']
])('no varint: %s', (_, text) => {
  expect(new ProtoReader(bytes(text)).readVarint()).toBe(false)
})

test('a tag names a field, and not field 0', () => {
  expect(new ProtoReader(bytes('0a')).readTag()).toBe(0x0a)
  expect(new ProtoReader(bytes('f801')).readTag()).toBe(31 << 3)
  for (const text of ['00', '07', '808080801000', '']) expect(new ProtoReader(bytes(text)).readTag()).toBe(-1)
})

test('a length is only given when its bytes are there', () => {
  expect(new ProtoReader(bytes('02aabb')).readLength()).toBe(2)
  expect(new ProtoReader(bytes('00')).readLength()).toBe(0)
  for (const text of ['03aabb', 'ffffffff0f', 'ffffffffffffffffff01', '']) {
    expect(new ProtoReader(bytes(text)).readLength()).toBe(-1)
  }
})

test.each([
  ['varint', 0, 'ff01', 2],
  ['64 bits', 1, '0102030405060708', 8],
  ['delimited', 2, '03aabbcc', 4],
  ['32 bits', 5, '01020304', 4]
])('skips a field: %s', (_, wireType, text, length) => {
  const reader = new ProtoReader(bytes(`${text}00`))
  expect([reader.skip((9 << 3) | wireType), reader.offset]).toEqual([true, length])
  expect(new ProtoReader(bytes(text).subarray(0, -1)).skip((9 << 3) | wireType)).toBe(false)
})

test.each([3, 4, 6, 7])('wire type %d is not in use', (wireType) => {
  expect(new ProtoReader(bytes('0000')).skip((9 << 3) | wireType)).toBe(false)
})

test('nothing is read behind the end that is set', () => {
  const reader = new ProtoReader(bytes('0a02aabb'))
  reader.end = 2
  expect([reader.readTag(), reader.readLength()]).toEqual([0x0a, -1])
})
