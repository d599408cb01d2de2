import { describe, expect, it } from 'vitest'
import { KeyLocks } from '../../src/storage/key-locks.ts'

describe('KeyLocks', () => {
  it('runs work on one key one by one, also after a failure, and other keys beside it', async () => {
    const locks = new KeyLocks<string>()
    const events: string[] = []
    const first = Promise.withResolvers<undefined>()
    const a = locks.run('x', async () => {
      events.push('a begins')
      await first.promise
      events.push('a fails')
      throw new Error('a')
    })
    const b = locks.run('x', () => Promise.resolve(events.push('b')))
    await locks.run('y', () => Promise.resolve(events.push('y')))
    expect(events).toEqual(['a begins', 'y'])
    first.resolve(undefined)
    await expect(a).rejects.toThrow('a')
    await b
    expect(events).toEqual(['a begins', 'y', 'a fails', 'b'])
  })

  it('forgets a key when its work has ended', async () => {
    const locks = new KeyLocks<string>()
    const work = locks.run('x', () => Promise.resolve())
    expect(locks.busy('x')).toBe(true)
    await work
    await Promise.resolve()
    expect(locks.busy('x')).toBe(false)
  })

  it('is idle when all has ended, well or badly', async () => {
    const locks = new KeyLocks<number>()
    let ended = 0
    for (const key of [1, 2, 2, 3]) {
      const work = locks.run(key, async () => {
        await new Promise(setImmediate)
        ended += 1
        if (key === 3) throw new Error('bad')
      })
      work.catch(() => undefined)
    }
    await locks.idle()
    expect(ended).toBe(4)
  })
})
