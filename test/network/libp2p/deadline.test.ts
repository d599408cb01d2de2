import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../../src/network/libp2p/deadline.ts'
import { ManualClock } from '../../support/manual-clock.ts'

describe('withDeadline', () => {
  it('settles as the work does, and leaves no timer', async () => {
    const clock = new ManualClock()
    const deadline = { clock, ms: 10, what: 'a wait' }
    expect(await withDeadline(deadline, () => Promise.resolve(7))).toBe(7)
    await expect(withDeadline(deadline, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(clock.timers).toBe(0)
  })

  it('rejects when the time is up, tells the work, and discards what comes too late', async () => {
    const clock = new ManualClock()
    const work = Promise.withResolvers<number>()
    const late: number[] = []
    let signal: AbortSignal | undefined
    const waiting = withDeadline(
      { clock, ms: 10, what: 'a wait' },
      (inner) => {
        signal = inner
        return work.promise
      },
      (value) => late.push(value)
    )
    const refused = expect(waiting).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'a wait took more than 10 ms'
    })
    clock.advance(10)
    await refused
    expect(signal?.aborted).toBe(true)
    work.resolve(7)
    await clock.settle()
    expect(late).toEqual([7])
  })

  it('rejects with the reason of the signal, also when it had fired before', async () => {
    const clock = new ManualClock()
    const controller = new AbortController()
    const never = (): Promise<never> => new Promise(() => undefined)
    const waiting = withDeadline({ clock, ms: 10, what: 'a wait', signal: controller.signal }, never)
    const refused = expect(waiting).rejects.toThrow('changed my mind')
    controller.abort(new Error('changed my mind'))
    await refused
    await expect(withDeadline({ clock, ms: 10, what: 'a wait', signal: controller.signal }, never)).rejects.toThrow(
      'changed my mind'
    )
    expect(clock.timers).toBe(0)
  })

  it('lets a late failure of the work pass unheard', async () => {
    const clock = new ManualClock()
    const work = Promise.withResolvers<number>()
    const waiting = withDeadline({ clock, ms: 10, what: 'a wait' }, () => work.promise)
    const refused = expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' })
    clock.advance(10)
    await refused
    work.reject(new Error('too late'))
    await clock.settle()
  })
})
