import { describe, expect, it } from 'vitest'
import { Gate } from '../../src/storage/gate.ts'

describe('Gate', () => {
  it('lets as many run as it says, in the order they came', async () => {
    const gate = new Gate(2)
    const started: number[] = []
    const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<undefined>())
    const runs = ends.map((end, n) => gate.run(() => (started.push(n), end.promise)))
    expect(started).toEqual([0, 1])
    ends[1]?.resolve(undefined)
    await runs[1]
    await Promise.resolve()
    expect(started).toEqual([0, 1, 2])
    for (const end of ends) end.resolve(undefined)
    await Promise.all(runs)
    expect(started).toEqual([0, 1, 2, 3])
  })

  it('gives the place of work that failed to the next', async () => {
    const gate = new Gate(1)
    const failed = gate.run(() => Promise.reject(new Error('no')))
    const after = gate.run(() => Promise.resolve('yes'))
    await expect(failed).rejects.toThrow('no')
    expect(await after).toBe('yes')
    expect(await gate.run(() => Promise.resolve('again'))).toBe('again')
  })
})
