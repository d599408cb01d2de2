import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'

/** Depth of a chain of promises that a draining loop with a fixed number of turns would not reach the end of. */
const DEEP = 10_000

async function deepChain(): Promise<void> {
  for (let i = 0; i < DEEP; i++) await Promise.resolve()
}

describe('VirtualClock drains promises between events', () => {
  it('however deep they nest', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    clock.setTimer(1, () => void deepChain().then(() => seen.push('chain')))
    clock.setTimer(1, () => seen.push('second event'))
    await clock.run()
    expect(seen).toEqual(['chain', 'second event'])
  })

  it('including those pending before the run, and timers that they set', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    void deepChain().then(() => clock.setTimer(3, () => seen.push(`at ${clock.now()}`)))
    clock.setTimer(5, () => seen.push(`at ${clock.now()}`))
    await clock.run()
    expect(seen).toEqual(['at 3', 'at 5'])
  })

  it('including those of the last event, before the run ends', async () => {
    const clock = new VirtualClock()
    let finished = false
    clock.setTimer(1, () => void deepChain().then(() => (finished = true)))
    await clock.runUntil(1)
    expect(finished).toBe(true)
  })

  it('and chains that hop through callbacks and nextTick', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    clock.setTimer(0, () => process.nextTick(() => queueMicrotask(() => seen.push('tick'))))
    clock.setTimer(0, () => seen.push('event'))
    await clock.run()
    expect(seen).toEqual(['tick', 'event'])
  })
})

describe('VirtualClock', () => {
  it('runs events by time, then in the order they were set', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    clock.setTimer(2, () => seen.push('b'))
    clock.setTimer(1, () => {
      seen.push('a')
      clock.defer(() => seen.push('deferred by a'))
      clock.setTimer(-5, () => seen.push('late by a'))
    })
    clock.setTimer(2, () => seen.push('c'))
    clock.setTimer(1, () => seen.push('a2'))
    await clock.run()
    expect(seen).toEqual(['a', 'a2', 'deferred by a', 'late by a', 'b', 'c'])
  })

  it('adds durations up without drift', async () => {
    const clock = new VirtualClock()
    for (let i = 0; i < 1_000; i++) await clock.advance(0.1)
    expect(clock.now()).toBe(100)
  })

  it('shows a wall time that moves with it and does not depend on the day', async () => {
    const clock = new VirtualClock({ epochMs: 1_000 })
    await clock.advance(250.7)
    expect([clock.now(), clock.epochMs()]).toEqual([250.7, 1_250])
    expect(new VirtualClock().epochMs()).toBe(Date.UTC(2020, 0, 1))
  })

  it('stops at the moment it was run to, and leaves later events alone', async () => {
    const clock = new VirtualClock()
    const seen: number[] = []
    for (const at of [10, 20, 30]) clock.setTimer(at, () => seen.push(at))
    await clock.runUntil(20)
    expect([seen, clock.now(), clock.pending]).toEqual([[10, 20], 20, 1])
    await clock.advance(5)
    expect([seen, clock.now()]).toEqual([[10, 20], 25])
  })

  it('never runs a cancelled timer, and cancelling twice or too late is harmless', async () => {
    const clock = new VirtualClock()
    const seen: string[] = []
    const never = clock.setTimer(1, () => seen.push('never'))
    const once = clock.setTimer(2, () => seen.push('once'))
    never.cancel()
    never.cancel()
    expect(clock.pending).toBe(1)
    await clock.run()
    once.cancel()
    expect([seen, clock.pending, clock.now()]).toEqual([['once'], 0, 2])
  })

  it('does not pile up cancelled timers', async () => {
    const clock = new VirtualClock()
    const seen: number[] = []
    for (let i = 0; i < 10_000; i++) {
      const timer = clock.setTimer(1_000, () => seen.push(-1))
      if (i % 1_000 === 0) clock.setTimer(10_000 - i, () => seen.push(i))
      timer.cancel()
    }
    expect(clock.pending).toBe(10)
    await clock.run()
    expect(seen).toEqual([9_000, 8_000, 7_000, 6_000, 5_000, 4_000, 3_000, 2_000, 1_000, 0])
  })

  it('sleeps', async () => {
    const clock = new VirtualClock()
    await clock.until(clock.sleep(40))
    expect(clock.now()).toBe(40)
  })

  it('runs until a promise settles, and no further', async () => {
    const clock = new VirtualClock()
    clock.setTimer(100, () => undefined)
    expect(await clock.until(clock.sleep(10).then(() => 'done'))).toBe('done')
    await expect(clock.until(clock.sleep(10).then(() => Promise.reject(new Error('no'))))).rejects.toThrow('no')
    expect([clock.now(), clock.pending]).toEqual([20, 1])
  })

  it('runs to a moment, or to where a promise settles if that is sooner', async () => {
    const clock = new VirtualClock()
    expect(await clock.runUntilSettled(clock.sleep(30), 20)).toBe(false)
    expect(clock.now()).toBe(20)
    expect(await clock.runUntilSettled(clock.sleep(5), 60)).toBe(true)
    expect(clock.now()).toBe(25)
    const failing = clock.sleep(5).then(() => Promise.reject(new Error('broken')))
    expect(await clock.runUntilSettled(failing, 60)).toBe(true)
    await expect(failing).rejects.toThrow('broken')
  })

  it('says so when what is waited for cannot happen', async () => {
    const clock = new VirtualClock()
    clock.setTimer(3, () => undefined)
    const never = new Promise(() => undefined)
    await expect(clock.until(never)).rejects.toThrow('still waiting at 3 ms: nothing is left to happen')
    clock.setTimer(100, () => undefined)
    await expect(clock.until(never, 50)).rejects.toThrow('50 ms have passed')
  })

  it('ends a world that never comes to rest', async () => {
    const clock = new VirtualClock({ maxEvents: 100 })
    const tick = (): void => void clock.setTimer(1, tick)
    tick()
    await expect(clock.run()).rejects.toThrow('no end after 100 events')
  })

  it('refuses to be run by two at once, and goes on after an event that throws', async () => {
    const clock = new VirtualClock()
    clock.setTimer(1, () => {
      throw new Error('broken event')
    })
    const first = clock.run()
    await expect(clock.run()).rejects.toThrow('already being run')
    await expect(first).rejects.toThrow('broken event')
    await clock.run()
    expect(clock.now()).toBe(1)
  })
})
