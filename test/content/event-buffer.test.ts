import { describe, expect, it } from 'vitest'
import { EventBuffer } from '../../src/content/event-buffer.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { all } from '../support/memory-content.ts'

function world() {
  const clock = new ManualClock()
  return { clock, buffer: new EventBuffer<string>({ maxWaiting: 2, patienceMs: 1_000, clock }) }
}

const { signal } = new AbortController()

describe('events on their way to a reader', () => {
  it('that rests are bounded, and counted beyond', async () => {
    const { buffer } = world()
    for (const event of ['a', 'b', 'c', 'd']) buffer.push(event)
    buffer.end()
    expect(await all(buffer.read())).toEqual(['a', 'b', { missed: 2 }])
  })

  it('that catches up in time are all told', async () => {
    const { buffer, clock } = world()
    const work = (async () => {
      for (const event of ['a', 'b', 'c', 'd', 'e']) await buffer.offer(event, signal)
      buffer.end()
    })()
    await clock.pass(999)
    expect(await all(buffer.read())).toEqual(['a', 'b', 'c', 'd', 'e'])
    await work
    expect(clock.timers).toBe(0)
  })

  it('wait for him so long in all, and no longer than somebody wants', async () => {
    const { buffer, clock } = world()
    const events = buffer.read()
    await Promise.all(['a', 'b'].map((event) => buffer.offer(event, signal)))
    const third = buffer.offer('c', signal)
    await clock.pass(600)
    expect((await events.next()).value).toBe('a')
    await third
    const fourth = buffer.offer('d', signal)
    await clock.pass(400)
    await fourth
    await buffer.offer('e', signal)
    buffer.end()
    expect(await all(events)).toEqual(['b', 'c', { missed: 2 }])
    const other = world().buffer
    other.push('a')
    other.push('b')
    await expect(other.offer('c', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
