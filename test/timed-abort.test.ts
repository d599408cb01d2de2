import { describe, expect, it } from 'vitest'
import { timedAbort } from '../src/timed-abort.ts'
import { ManualClock } from './support/manual-clock.ts'

const LATE = new Error('the time is up')
const late = (): Error => LATE

describe('timedAbort', () => {
  it('fires when the time is up, and at once where the caller had given up before', () => {
    const clock = new ManualClock()
    const { signal } = timedAbort({ clock, ms: 10, late })
    clock.advance(9)
    expect(signal.aborted).toBe(false)
    clock.advance(1)
    expect(signal.reason).toBe(LATE)
    expect(timedAbort({ clock, ms: 10, late, signal: AbortSignal.abort('before') }).signal.reason).toBe('before')
  })

  it('fires with the reason of the caller, but not once it was ended', () => {
    const clock = new ManualClock()
    const caller = new AbortController()
    const [early, ended, given] = [1, 2, 3].map(() => timedAbort({ clock, ms: 10, late, signal: caller.signal }))
    ended?.end()
    given?.abort()
    caller.abort('changed my mind')
    clock.advance(10)
    expect(early?.signal.reason).toBe('changed my mind')
    expect(ended?.signal.aborted).toBe(false)
    expect(given?.signal.reason).toMatchObject({ name: 'AbortError' })
    early?.end()
    expect(clock.timers).toBe(0)
  })
})
