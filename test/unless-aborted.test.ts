import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { unlessAborted } from '../src/unless-aborted.ts'

const never = new Promise<never>(() => undefined)

describe('waiting that a signal ends', () => {
  it('lets through what comes before it', async () => {
    const { signal } = new AbortController()
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(unlessAborted(Promise.reject(new Error('of its own')), signal)).rejects.toThrow('of its own')
    expect(await unlessAborted(Promise.resolve(1), undefined)).toBe(1)
  })

  it('ends the wait under way, and all later ones, with its first reason', async () => {
    const end = new AbortController()
    const waited = unlessAborted(never, end.signal)
    end.abort(new Error('first'))
    end.abort(new Error('second'))
    await expect(waited).rejects.toThrow('first')
    await expect(unlessAborted(never, end.signal)).rejects.toThrow('first')
  })

  it('keeps nothing of the waits that are over', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const end = new AbortController()
    const seen: WeakRef<object>[] = []
    for (let i = 0; i < 100; i++) {
      const wait = unlessAborted(Promise.resolve({ i }), end.signal)
      seen.push(new WeakRef(wait))
      await wait
    }
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(seen.filter((wait) => wait.deref() !== undefined).length).toBeLessThan(5)
    end.abort(new Error('at last'))
  })
})
