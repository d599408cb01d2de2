import { describe, expect, it } from 'vitest'
import { Alarm } from '../../src/session/alarm.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe('Alarm', () => {
  it('rings once, at the earliest of the moments it was told, and never at no time at all', () => {
    const clock = new ManualClock()
    const rang: number[] = []
    const alarm = new Alarm(clock, () => void rang.push(clock.now()))
    alarm.set(Infinity)
    expect(clock.timers).toBe(0)
    alarm.set(30)
    alarm.set(20)
    alarm.set(25)
    clock.advance(100)
    expect(rang).toEqual([20])
    alarm.set(5)
    clock.advance(1)
    expect(rang).toEqual([20, 101])
    alarm.set(200)
    alarm.cancel()
    clock.advance(500)
    expect([rang.length, clock.timers]).toEqual([2, 0])
  })
})
