import { describe, expect, it } from 'vitest'
import { ManualClock } from './manual-clock.ts'

describe('ManualClock', () => {
  it('runs timers in order of time, then of setting, with what they defer in between', () => {
    const clock = new ManualClock()
    const seen: string[] = []
    clock.setTimer(20, () => seen.push(`c at ${clock.now()}`))
    clock.setTimer(10, () => {
      seen.push('a')
      clock.defer(() => seen.push('deferred by a'))
    })
    clock.setTimer(10, () => seen.push('b'))
    clock.advance(15)
    expect(seen).toEqual(['a', 'deferred by a', 'b'])
    expect(clock.now()).toBe(15)
    clock.runAll()
    expect(seen.at(-1)).toBe('c at 20')
    expect(clock.timers).toBe(0)
  })

  it('does not run a cancelled timer', () => {
    const clock = new ManualClock()
    clock.setTimer(1, () => expect.unreachable()).cancel()
    clock.runAll()
    expect(clock.timers).toBe(0)
  })

  it('settles promises and deferred calls by turns', async () => {
    const clock = new ManualClock()
    const seen: string[] = []
    clock.defer(() => void Promise.resolve().then(() => clock.defer(() => seen.push('second'))))
    await clock.settle()
    expect(seen).toEqual(['second'])
  })

  it('passes time with promises between timers', async () => {
    const clock = new ManualClock()
    const seen: string[] = []
    clock.setTimer(1, () => void Promise.resolve().then(() => clock.setTimer(1, () => seen.push(`at ${clock.now()}`))))
    await clock.pass(5)
    expect(seen).toEqual(['at 2'])
  })

  it('says so when there is no end', () => {
    const clock = new ManualClock()
    const again = (): void => clock.defer(again)
    again()
    expect(() => clock.flush()).toThrow('no end')
  })
})
