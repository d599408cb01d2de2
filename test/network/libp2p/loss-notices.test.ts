import { describe, expect, it } from 'vitest'
import { LossNotices } from '../../../src/network/libp2p/loss-notices.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function setUp(): { clock: ManualClock; told: number[]; notices: LossNotices } {
  const clock = new ManualClock()
  const told: number[] = []
  return { clock, told, notices: new LossNotices(clock, () => told.push(clock.now())) }
}

describe('LossNotices', () => {
  it('tells the first at once, those that follow as one when that is due', () => {
    const { clock, told, notices } = setUp()
    for (let i = 0; i < 5; i++) notices.lost()
    expect(told).toEqual([0])
    clock.advance(10_000)
    expect(told).toEqual([0, 1_000])
    expect(clock.timers).toBe(0)
  })

  it('tells less and less often while it goes on, to one in 30 s', () => {
    const { clock, told, notices } = setUp()
    for (let i = 0; i < 1_500; i++) {
      notices.lost()
      clock.advance(100)
    }
    expect(told).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 61_000, 91_000, 121_000])
  })

  it('is as quick as before after a quiet time', () => {
    const { clock, told, notices } = setUp()
    for (let i = 0; i < 30; i++) {
      notices.lost()
      clock.advance(100)
    }
    clock.advance(60_000)
    notices.lost()
    notices.lost()
    clock.advance(1_000)
    expect(told.slice(-2)).toEqual([63_000, 64_000])
  })

  it('tells nothing once closed', () => {
    const { clock, told, notices } = setUp()
    notices.lost()
    notices.lost()
    notices.close()
    clock.advance(10_000)
    expect(told).toEqual([0])
  })
})
