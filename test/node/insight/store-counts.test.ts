import { describe, expect, it } from 'vitest'
import { StoreCounts } from '../../../src/node/insight/store-counts.ts'

function world() {
  const state = { now: 0, counts: 0, broken: false }
  const count = (): Promise<{ blocks: number; bytes: number }> => {
    state.counts += 1
    return state.broken
      ? Promise.reject(new Error('the disk failed'))
      : Promise.resolve({ blocks: 1, bytes: state.counts })
  }
  return { state, counts: new StoreCounts({ count, now: () => state.now }) }
}

describe('what is stored, as far as it was counted', () => {
  it('is waited for once, and counted again behind who asks when a minute has passed', async () => {
    const { state, counts } = world()
    expect(counts.get()).toBeUndefined()
    expect([await counts.counted(), await counts.counted(), state.counts]).toMatchObject([
      { bytes: 1 },
      { bytes: 1 },
      1
    ])
    state.now = 60_000
    expect([(await counts.counted()).bytes, state.counts]).toEqual([1, 2])
    await new Promise(setImmediate)
    expect(counts.get()).toEqual({ blocks: 1, bytes: 2, countedAt: 60_000 })
  })

  it('fails for who waits, is tried again for the next, and stands once it is there', async () => {
    const { state, counts } = world()
    state.broken = true
    await expect(counts.counted()).rejects.toThrow('the disk failed')
    await expect(counts.counted({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    state.broken = false
    expect((await counts.counted()).bytes).toBe(3)
    state.broken = true
    state.now = 120_000
    expect((await counts.counted()).bytes).toBe(3)
    await new Promise(setImmediate)
    expect(counts.get()?.bytes).toBe(3)
  })
})
