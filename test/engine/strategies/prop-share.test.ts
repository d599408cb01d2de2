import { describe, expect, it } from 'vitest'
import { propShare } from '../../../src/engine/strategies/prop-share.ts'
import { draws, serve, waiter } from '../../support/scheduling.ts'

/** Parts of 3,000 turns, by name. */
function shares(served: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of served) counts[name] = (counts[name] ?? 0) + 1 / served.length
  return Object.fromEntries(Object.entries(counts).map(([name, part]) => [name, Math.round(part * 100) / 100]))
}

describe('prop-share', () => {
  it('divides four fifths in proportion to what each gave in the last round, and a fifth among the drawn', () => {
    const rule = propShare.with({ newcomers: 2 }).create({ random: draws(0, 0, 0.99, 0) })
    const row = ['a', 'b', 'n1', 'n2', 'n3'].map((name) => waiter(name))
    rule.next(row, 0)
    rule.received?.(row[0]?.peer ?? waiter('none').peer, 300, 1)
    rule.received?.(row[1]?.peer ?? waiter('none').peer, 100, 1)
    expect(shares(serve(rule, row, 3_000, 1_000, 10_000))).toEqual({ a: 0.6, b: 0.2, n3: 0.1, n1: 0.1 })
  })

  it('forgets what was given before the last round', () => {
    const rule = propShare.with().create({ random: draws(...Array<number>(12).fill(0)) })
    const row = ['a', 'b'].map((name) => waiter(name))
    rule.next(row, 0)
    rule.received?.(waiter('a').peer, 300, 1)
    rule.next(row, 10_000)
    expect(shares(serve(rule, row, 3_000, 1_000, 20_000))).toEqual({ a: 0.5, b: 0.5 })
  })

  it('leaves nothing unused: who has no share gets what nobody else wants', () => {
    const rule = propShare.with({ newcomers: 1 }).create({ random: draws(0, 0) })
    const row = ['a', 'b'].map((name) => waiter(name))
    rule.next(row, 0)
    expect(serve(rule, row.slice(1), 2, 10, 1)).toEqual(['b', 'b'])
  })
})
