import { describe, expect, it } from 'vitest'
import {
  YAMUX_DATA,
  YAMUX_PING,
  YAMUX_WINDOW_UPDATE,
  YamuxFrames,
  type YamuxHeader
} from '../../../src/node/libp2p/yamux-frames.ts'

const PIECE = 100
const SYN = 1
const FIN = 4

function frame(type: number, flags: number, stream: number, data: Uint8Array | number): Uint8Array {
  const body = typeof data === 'number' ? new Uint8Array(0) : data
  const bytes = new Uint8Array(12 + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(1, type)
  view.setUint16(2, flags)
  view.setUint32(4, stream)
  view.setUint32(8, typeof data === 'number' ? data : data.length)
  bytes.set(body, 12)
  return bytes
}

/** Reads bytes that come in steps; what yamux gets of them, as frames. */
function read(bytes: Uint8Array, step: number): { seen: YamuxHeader[]; passed: [YamuxHeader, string][]; most: number } {
  const seen: YamuxHeader[] = []
  const memory = { bytes: 0, isMuch: false, pieceBytes: PIECE }
  const frames = new YamuxFrames((header) => seen.push(header), memory)
  const out: Uint8Array[] = []
  let given = 0
  let most = 0
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = bytes.subarray(at, at + step)
    given += chunk.length
    for (const part of frames.push(chunk)) {
      out.push(part)
      given -= part.length
    }
    most = Math.max(most, given)
    expect(memory.bytes).toBe(frames.unfinishedBytes)
    expect(memory.bytes).toBeGreaterThanOrEqual(given - 12)
    expect(memory.bytes).toBeLessThan(PIECE + step)
  }
  frames.close()
  expect(memory.bytes).toBe(0)
  return { seen, passed: parse(Buffer.concat(out)), most }
}

function parse(bytes: Buffer): [YamuxHeader, string][] {
  const found: [YamuxHeader, string][] = []
  for (let at = 0; at < bytes.length;) {
    const [type, flags] = [bytes.readUInt8(at + 1), bytes.readUInt16BE(at + 2)]
    const [stream, length] = [bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)]
    const end = at + 12 + (type === YAMUX_DATA ? length : 0)
    found.push([{ type, flags, stream, length }, bytes.subarray(at + 12, end).toString('latin1')])
    at = end
  }
  return found
}

/** Data that looks like headers. */
function tricky(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i % 12 === 1 ? 0 : 0xff - (i % 7)))
}

const STEPS = [1, 5, 11, 12, 13, 64, 700, 10_000]

describe('YamuxFrames', () => {
  it.each(STEPS)('passes short frames on as they are, come in steps of %i bytes', (step) => {
    const bytes = Buffer.concat([
      frame(YAMUX_WINDOW_UPDATE, SYN, 1, 0xffffffff),
      frame(YAMUX_DATA, FIN, 1, tricky(PIECE)),
      frame(YAMUX_DATA, 0, 3, tricky(0)),
      frame(YAMUX_PING, SYN, 0, 77)
    ])
    const { seen, passed } = read(bytes, step)
    expect(passed).toEqual(parse(bytes))
    expect(seen).toEqual(passed.map(([header]) => header))
  })

  it.each(STEPS)('passes a long frame on in pieces, with its beginning and end, come in steps of %i bytes', (step) => {
    const data = tricky(10 * PIECE + 7)
    const update = frame(YAMUX_WINDOW_UPDATE, 0, 5, 9)
    const { seen, passed, most } = read(Buffer.concat([update, frame(YAMUX_DATA, SYN | FIN, 5, data), update]), step)
    expect(seen.map(({ length }) => length)).toEqual([9, data.length, 9])
    const pieces = passed.slice(1, -1)
    expect(pieces.map(([, text]) => text).join('')).toBe(Buffer.from(data).toString('latin1'))
    expect(pieces.every(([header, text]) => header.stream === 5 && header.length === text.length)).toBe(true)
    expect(pieces.map(([{ flags }]) => flags)).toEqual(
      pieces.map((_, i) => (i === 0 ? SYN : 0) | (i === pieces.length - 1 ? FIN : 0))
    )
    expect(most).toBeLessThan(PIECE + step + 12)
    expect([passed[0], passed.at(-1)].map((each) => each?.[0].length)).toEqual([9, 9])
  })
})
