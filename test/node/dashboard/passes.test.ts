import { describe, expect, it } from 'vitest'
import { Passes } from '../../../src/node/dashboard/passes.ts'

describe('Passes', () => {
  it('are good for a minute', () => {
    const passes = new Passes<string>(3)
    const first = passes.issue('a', 0)
    expect([passes.valueOf(first, 60_000), passes.valueOf(first, 60_001), passes.valueOf('other', 0)]).toEqual([
      'a',
      undefined,
      undefined
    ])
    expect(passes.redeem(passes.issue('b', 0), 60_001)).toBeUndefined()
  })

  it('can be redeemed once', () => {
    const passes = new Passes<string>(3)
    const pass = passes.issue('a', 0)
    expect([passes.redeem(pass, 60_000), passes.redeem(pass, 0), passes.valueOf(pass, 0)]).toEqual([
      'a',
      undefined,
      undefined
    ])
  })

  it('are so many at a time: the oldest makes room', () => {
    const passes = new Passes<number>(3)
    const all = [0, 1, 2, 3].map((value) => passes.issue(value, 0))
    expect(all.map((pass) => passes.valueOf(pass, 0))).toEqual([undefined, 1, 2, 3])
  })
})
