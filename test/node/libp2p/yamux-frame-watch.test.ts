import { describe, expect, it } from 'vitest'
import {
  FUTILE_STREAMS_AT_ONCE,
  MuxerGuardError,
  STRAYS_AT_ONCE,
  YamuxFrameWatch
} from '../../../src/node/libp2p/yamux-frame-watch.ts'
import {
  YAMUX_DATA,
  YAMUX_PING,
  YAMUX_RST,
  YAMUX_SYN,
  YAMUX_WINDOW_UPDATE
} from '../../../src/node/libp2p/yamux-frames.ts'

const LIMITS = { maxFrameBytes: 1000, pingsPerSecond: 10 }

/** Only streams 0 and 1 are there, and the peer may open two more. */
const STREAMS = { has: (id: number) => id < 2, isFresh: (id: number) => id === 1, room: () => 2 }

function watchOf(): YamuxFrameWatch {
  return new YamuxFrameWatch(LIMITS, STREAMS, 0)
}

function ping(watch: YamuxFrameWatch, times: number, nowMs: number): void {
  for (let i = 0; i < times; i++) watch.frame({ type: YAMUX_PING, flags: YAMUX_SYN, stream: 0, length: i }, nowMs)
}

function open(watch: YamuxFrameWatch, streams: number): number {
  for (let i = 0; i < streams; i++) {
    watch.frame({ type: YAMUX_WINDOW_UPDATE, flags: YAMUX_SYN, stream: 2 * i + 3, length: 0 }, 0)
  }
  return watch.chunkEnds(0)
}

describe('YamuxFrameWatch', () => {
  it('lets frames of data up to the limit pass, and none above; a window may grow by any number', () => {
    const watch = watchOf()
    watch.frame({ type: YAMUX_DATA, flags: 0, stream: 0, length: 1000 }, 0)
    watch.frame({ type: YAMUX_WINDOW_UPDATE, flags: 0, stream: 0, length: 0xffffffff }, 0)
    const long = { type: YAMUX_DATA, flags: 0, stream: 0, length: 1001 }
    expect(() => watch.frame(long, 0)).toThrow(MuxerGuardError)
    expect(() => watch.frame(long, 0)).toThrow('a frame of 1001 bytes is longer than 1000')
  })

  it('allows pings at their pace, with some at once, and no more', () => {
    const watch = watchOf()
    for (let second = 1; second <= 60; second++) ping(watch, 10, second * 1000)
    ping(watch, 100, 61_000)
    expect(() => ping(watch, 1, 61_000)).toThrow('more than 10 pings a second')
  })

  it('says how many streams a chunk opens, and allows some beyond the room for them, and no more', () => {
    const watch = watchOf()
    expect(watch.chunkEnds(0)).toBe(0)
    expect(open(watch, 2)).toBe(2)
    expect(open(watch, FUTILE_STREAMS_AT_ONCE + 2)).toBe(FUTILE_STREAMS_AT_ONCE + 2)
    expect(() => open(watch, 3)).toThrow('more than 100 streams that come to nothing a second')
  })

  it('allows some streams to be reset before it is known what they are for, and no more; later it is free', () => {
    const watch = watchOf()
    const reset = (stream: number): void =>
      watch.frame({ type: YAMUX_WINDOW_UPDATE, flags: YAMUX_RST, stream, length: 0 }, 0)
    for (let i = 0; i < 2 * FUTILE_STREAMS_AT_ONCE; i++) reset(0)
    for (let i = 0; i < FUTILE_STREAMS_AT_ONCE - 1; i++) reset(1)
    watch.frame({ type: YAMUX_WINDOW_UPDATE, flags: YAMUX_SYN, stream: 3, length: 0 }, 0)
    reset(3)
    expect(() => reset(1)).toThrow('streams that come to nothing')
  })

  it('allows some frames for streams that are not there, and no more; those for open streams are free', () => {
    const watch = watchOf()
    const idle = (stream: number, type: number): void => watch.frame({ type, flags: 0, stream, length: 0 }, 0)
    for (let i = 0; i < 2 * STRAYS_AT_ONCE; i++) idle(0, YAMUX_WINDOW_UPDATE)
    for (let i = 0; i < STRAYS_AT_ONCE; i++) idle(9, i % 2)
    expect(() => idle(9, YAMUX_WINDOW_UPDATE)).toThrow('frames for streams that are not there')
  })
})
