import { describe, expect, it } from 'vitest'
import { flowsOf, RateMeter } from '../../../src/node/insight/flow-rates.ts'

const NOTHING = { payloadIn: 0, duplicateIn: 0, wireIn: 0, payloadOut: 0, wireOut: 0, unread: 0 }

describe('rates', () => {
  it('are those of the last seconds, by what the bytes were good for', () => {
    const meter = new RateMeter(0, NOTHING)
    const traffic = {
      ...NOTHING,
      payloadIn: 4_000,
      duplicateIn: 1_000,
      wireIn: 6_000,
      payloadOut: 2_000,
      wireOut: 2_500
    }
    expect(meter.look(2_000, traffic)).toEqual({
      overMs: 2_000,
      in: { payload: 2_000, duplicate: 500, overhead: 500 },
      out: { payload: 1_000, duplicate: 0, overhead: 250 }
    })
  })

  it('forget what is older than their window, however often and for however long somebody looks', () => {
    const meter = new RateMeter(0, NOTHING)
    let longest = 0
    // A thousand bytes a second for an hour, then nothing.
    for (let now = 50; now <= 3_600_000; now += 50) {
      const { overMs, in: rate } = meter.look(now, { ...NOTHING, payloadIn: now, wireIn: now })
      longest = Math.max(longest, overMs)
      if (now > 1_000) expect(rate.payload).toBe(1_000)
    }
    expect(longest).toBeLessThan(5_500)
    const still = { ...NOTHING, payloadIn: 3_600_000, wireIn: 3_600_000 }
    for (let now = 3_600_050; now <= 3_606_000; now += 50) meter.look(now, still)
    expect(meter.look(3_606_050, still).in).toEqual({ payload: 0, duplicate: 0, overhead: 0 })
  })

  it('are never less than nothing, whatever is counted, and without overhead where the network does not count', () => {
    const meter = new RateMeter(0, { ...NOTHING, payloadIn: 100 })
    expect(meter.look(0, NOTHING).in.payload).toBe(0)
    expect(flowsOf({ ...NOTHING, payloadIn: 9, wireIn: undefined, wireOut: undefined }).in.overhead).toBe(0)
  })
})
