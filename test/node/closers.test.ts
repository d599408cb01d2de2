import { describe, expect, it } from 'vitest'
import { Closers } from '../../src/node/closers.ts'

describe('what was opened', () => {
  it('is closed once, the last first, whatever fails on the way; the first failure is told', async () => {
    const closed: string[] = []
    const closers = new Closers()
    for (const name of ['store', 'network', 'exchange']) {
      closers.add(() => {
        closed.push(name)
        return name === 'store' ? Promise.resolve() : Promise.reject(new Error(name))
      })
    }
    await expect(Promise.all([closers.close(), closers.close()])).rejects.toThrow('exchange')
    await expect(closers.close()).rejects.toThrow('exchange')
    expect(closed).toEqual(['exchange', 'network', 'store'])
  })
})
