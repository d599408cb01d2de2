import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { Interruption } from '../src/interruption.ts'

const never = new Promise<never>(() => undefined)

describe('an interruption', () => {
  it('lets through what comes before it', async () => {
    const interruption = new Interruption()
    expect(await interruption.wait(Promise.resolve(1))).toBe(1)
    await expect(interruption.wait(Promise.reject(new Error('of its own')))).rejects.toThrow('of its own')
  })

  it('ends the wait under way, and all later ones, with its first reason', async () => {
    const interruption = new Interruption()
    const waited = interruption.wait(never)
    interruption.end(new Error('first'))
    interruption.end(new Error('second'))
    await expect(waited).rejects.toThrow('first')
    await expect(interruption.wait(never)).rejects.toThrow('first')
  })

  it('keeps nothing of the waits that are over', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const interruption = new Interruption()
    const seen: WeakRef<object>[] = []
    for (let i = 0; i < 100; i++) {
      const wait = interruption.wait(Promise.resolve({ i }))
      seen.push(new WeakRef(wait))
      await wait
    }
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(seen.filter((wait) => wait.deref() !== undefined).length).toBeLessThan(5)
    interruption.end(new Error('at last'))
  })
})
