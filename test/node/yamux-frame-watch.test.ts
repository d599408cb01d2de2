import { describe, expect, it } from 'vitest'
import { MuxerGuardError, YamuxFrameWatch } from '../../src/node/yamux-frame-watch.ts'

const LIMITS = { maxFrameBytes: 1000, pingsPerSecond: 10 }

function frame(type: number, length: number, data = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(12 + data.length)
  bytes[1] = type
  new DataView(bytes.buffer).setUint32(8, length)
  bytes.set(data, 12)
  return bytes
}

const DATA = 0
const WINDOW_UPDATE = 1
const PING = 2

describe('YamuxFrameWatch', () => {
  it('lets good frames pass, however they are cut', () => {
    // Data that looks like the header of a frame that is too long, to show that it is not read as one.
    const data = new Uint8Array(1000).fill(0xff)
    const frames = [frame(DATA, 1000, data), frame(WINDOW_UPDATE, 0xffffffff), frame(DATA, 0), frame(DATA, 1000, data)]
    const bytes = Buffer.concat(frames)
    for (const step of [1, 5, 12, 13, 700, bytes.length]) {
      const watch = new YamuxFrameWatch(LIMITS, 0)
      for (let at = 0; at < bytes.length; at += step) watch.push(bytes.subarray(at, at + step), 0)
      expect(() => watch.push(frame(DATA, 1001), 0)).toThrow(MuxerGuardError)
    }
  })

  it('refuses a frame above the limit as soon as its header is there', () => {
    const watch = new YamuxFrameWatch(LIMITS, 0)
    watch.push(frame(DATA, 1001).subarray(0, 11), 0)
    expect(() => watch.push(frame(DATA, 1001).subarray(11), 0)).toThrow('a frame of 1001 bytes is longer than 1000')
  })

  it('allows pings at their pace, with some at once, and no more', () => {
    const watch = new YamuxFrameWatch(LIMITS, 0)
    for (let second = 1; second <= 60; second++) {
      for (let i = 0; i < 10; i++) watch.push(frame(PING, i), second * 1000)
    }
    for (let i = 0; i < 100; i++) watch.push(frame(PING, i), 61_000)
    expect(() => watch.push(frame(PING, 0), 61_000)).toThrow('more than 10 pings a second')
  })
})
