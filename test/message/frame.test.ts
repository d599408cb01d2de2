import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../src/errors.ts'
import { FrameReader } from '../../src/message/frame.ts'
import { MAX_MESSAGE_BYTES } from '../../src/message/limits.ts'
import { varintLength, writeVarint } from '../../src/message/varint.ts'
import { property } from '../support/seed.ts'
import { bytes, hex } from '../support/wire-samples.ts'

function frame(body: Uint8Array): Uint8Array {
  const target = new Uint8Array(varintLength(body.length) + body.length)
  target.set(body, writeVarint(target, 0, body.length))
  return target
}

function filled(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7) & 0xff)
}

function pushAll(reader: FrameReader, stream: Uint8Array, cuts: readonly number[]): string[] {
  const bodies: Uint8Array[] = []
  let from = 0
  for (const cut of [...cuts, stream.length].sort((a, b) => a - b)) {
    bodies.push(...reader.push(stream.slice(from, cut)))
    from = cut
  }
  return bodies.map(hex)
}

describe('cutting', () => {
  test('bodies come out whole and in order, however the stream is chunked', () => {
    const anyBodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
    property(
      fc.property(anyBodies, fc.array(fc.nat(2_500), { maxLength: 12 }), (bodies, cuts) => {
        const stream = Uint8Array.from(Buffer.concat(bodies.map((body) => frame(Uint8Array.from(body)))))
        const reader = new FrameReader(1_000)
        const within = cuts.filter((cut) => cut <= stream.length)
        expect(pushAll(reader, stream, within)).toEqual(bodies.map((body) => hex(Uint8Array.from(body))))
        expect([reader.bufferedBytes, reader.midFrame]).toEqual([0, false])
      })
    )
  })

  test('one byte at a time', () => {
    const stream = Uint8Array.from([...frame(filled(300)), ...frame(new Uint8Array(0)), ...frame(filled(5))])
    const cuts = Array.from(stream.keys())
    expect(pushAll(new FrameReader(), stream, cuts)).toEqual([hex(filled(300)), '', hex(filled(5))])
  })

  test('the largest message, in pieces of 64 KiB', () => {
    const body = filled(MAX_MESSAGE_BYTES)
    const stream = frame(body)
    const reader = new FrameReader()
    const bodies: Uint8Array[] = []
    for (let at = 0; at < stream.length; at += 65_536) bodies.push(...reader.push(stream.subarray(at, at + 65_536)))
    expect(bodies.map(({ length }) => length)).toEqual([body.length])
    expect(Buffer.compare(bodies[0] ?? body.subarray(1), body)).toBe(0)
  })
})

describe('memory', () => {
  test('a body that fills its chunk is a view, without a copy', () => {
    const chunk = frame(filled(10_000))
    const [body] = new FrameReader().push(chunk)
    expect(body?.buffer).toBe(chunk.buffer)
  })

  test('a small body does not keep a large chunk alive', () => {
    const chunk = new Uint8Array([...frame(filled(100)), ...frame(filled(100, 2)), ...filled(2_000).fill(0)])
    const [first, second] = new FrameReader().push(chunk)
    expect([hex(first ?? chunk), hex(second ?? chunk)]).toEqual([hex(filled(100)), hex(filled(100, 2))])
    expect([first?.buffer.byteLength, second?.buffer.byteLength]).toEqual([100, 100])
  })

  test('a small body does not keep alive the memory behind its chunk either', () => {
    const chunk = new Uint8Array(new ArrayBuffer(65_536), 0, 101)
    chunk.set(frame(filled(100)))
    expect(new FrameReader().push(chunk)[0]?.buffer.byteLength).toBe(100)
  })

  test('a body in pieces has memory of exactly its size', () => {
    const stream = frame(filled(100_000))
    const reader = new FrameReader()
    expect(reader.push(stream.subarray(0, 70_000))).toEqual([])
    expect(reader.bufferedBytes).toBe(70_000 - 3)
    const [body] = reader.push(stream.subarray(70_000))
    expect([body?.length, body?.buffer.byteLength, reader.bufferedBytes]).toEqual([100_000, 100_000, 0])
  })

  test('what is buffered is what arrived, never what was claimed', () => {
    const reader = new FrameReader()
    reader.push(frame(filled(MAX_MESSAGE_BYTES)).subarray(0, 1_000))
    expect([reader.bufferedBytes, reader.midFrame]).toEqual([996, true])
  })

  test('a body handed out is not written to by the next frame', () => {
    const reader = new FrameReader()
    const stream = frame(filled(9_000))
    reader.push(stream.subarray(0, 5_000))
    const [first] = reader.push(stream.subarray(5_000))
    reader.push(frame(filled(9_000, 5)).subarray(0, 8_000))
    expect(hex(first ?? stream)).toBe(hex(filled(9_000)))
  })
})

describe('refusals', () => {
  test.each([
    ['above the limit', '8108'],
    ['far above the limit, before the varint ends', 'ffffffff'],
    ['negative: ten bytes', 'ffffffffffffffffff01'],
    ['not minimal', '8100'],
    ['zero in two bytes', '8000'],
    ['nine bytes without an end', '80'.repeat(9)]
  ])('%s', (_, text) => {
    const reader = new FrameReader(1_024)
    expect(() => reader.push(bytes(text))).toThrow(ProtocolError)
    expect(reader.bufferedBytes).toBe(0)
    expect(() => reader.push(bytes('00'))).toThrow(ProtocolError)
  })

  test('the limit itself is allowed', () => {
    const reader = new FrameReader(1_024)
    expect(reader.push(frame(filled(1_024))).map(({ length }) => length)).toEqual([1_024])
  })

  test('good bodies before a bad length are still handed out', () => {
    const reader = new FrameReader(1_024)
    const chunk = Uint8Array.from([...frame(filled(3)), ...frame(filled(4)), ...bytes('ffffff')])
    expect(reader.push(chunk).map(({ length }) => length)).toEqual([3, 4])
    expect(reader.fault).toBeInstanceOf(ProtocolError)
    expect(() => reader.push(bytes('01'))).toThrow(ProtocolError)
  })

  test('any bytes: bodies or a ProtocolError, and never more held than arrived', () => {
    property(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
        const reader = new FrameReader(200)
        let arrived = 0
        try {
          for (const chunk of chunks) {
            arrived += chunk.length
            for (const body of reader.push(Uint8Array.from(chunk))) expect(body.length).toBeLessThanOrEqual(200)
            expect(reader.bufferedBytes).toBeLessThanOrEqual(Math.min(arrived, 200))
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      })
    )
  })
})
