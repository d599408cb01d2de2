import { describe, expect, it } from 'vitest'
import { Core } from '../../src/simulation/lane.ts'
import { Uplink } from '../../src/simulation/uplink.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'

const MBYTE = 1_000_000

describe('an uplink', () => {
  it('knows how long it has been sending, and tells when it begins and ends', async () => {
    const clock = new VirtualClock()
    const uplink = new Uplink(clock, MBYTE)
    const told: (readonly [number, boolean])[] = []
    uplink.watch((isBusy) => told.push([clock.now(), isBusy]))
    const send = (bytes: number): (() => void) => uplink.send({ bytes, gone: () => undefined })
    send(20_000)
    send(30_000)
    await clock.runUntil(10)
    expect(uplink.busyMicros).toBe(10_000)
    await clock.runUntil(80)
    send(5_000)
    await clock.runUntil(100)
    expect(uplink.busyMicros).toBe(55_000)
    expect(told).toEqual([
      [0, true],
      [50, false],
      [80, true],
      [85, false]
    ])
  })

  it('is never busy without a limit', async () => {
    const clock = new VirtualClock()
    const uplink = new Uplink(clock, undefined)
    uplink.send({ bytes: MBYTE, gone: () => undefined })
    await clock.runUntil(10)
    expect(uplink.busyMicros).toBe(0)
  })
})

it('a core knows how long it has worked, up to the present', () => {
  const core = new Core({ perMessageUs: 100, perByteNs: 0 })
  core.work(1_000, 10)
  core.work(1_000, 10)
  expect([1_000, 1_150, 1_200, 5_000].map((now) => core.busyMicros(now))).toEqual([0, 150, 200, 200])
})
