import { describe, expect, it } from 'vitest'
import { deficitRoundRobin } from '../../../src/engine/strategies/deficit-round-robin.ts'
import { draws, serve, waiter } from '../../support/scheduling.ts'

const MIB = 1024 * 1024
const scheduler = () => deficitRoundRobin.with().create({ random: draws() })

describe('deficit-round-robin', () => {
  it('serves one partner while its quantum of 2 MiB lasts, then the next', () => {
    const row = ['a', 'b'].map((name) => waiter(name, { nextBlockBytes: MIB }))
    expect(serve(scheduler(), row, 6, MIB)).toEqual(['a', 'a', 'b', 'b', 'a', 'a'])
  })

  it('carries over what did not suffice for the next block', () => {
    // 2 MiB: one of 1.5, and 0.5 is left. With the next quantum 2.5: one of 1.5, and 1 is left. Then 3: two of 1.5.
    const row = ['a', 'b'].map((name) => waiter(name, { nextBlockBytes: 1.5 * MIB }))
    expect(serve(scheduler(), row, 8, 1.5 * MIB).join('')).toBe('abab' + 'aabb')
  })

  it('lets an empty queue save nothing', () => {
    const drr = scheduler()
    const [a, b] = [waiter('a', { nextBlockBytes: MIB }), waiter('b', { nextBlockBytes: MIB })]
    expect(drr.next([a, b], 0)).toBe(a)
    a.queuedTasks = 0
    drr.served?.(a, MIB, 0)
    a.queuedTasks = 1
    expect(serve(drr, [b, a], 6, MIB).join('')).toBe('bbaabb')
  })

  it('takes no quantum that could be too small for a block', () => {
    expect(() => deficitRoundRobin.with({ quantum: 1_000 })).toThrow(
      'quantum is 1000: expected a whole number of bytes'
    )
  })
})
