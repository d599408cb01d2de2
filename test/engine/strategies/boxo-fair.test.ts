import { describe, expect, it } from 'vitest'
import { boxoFair } from '../../../src/engine/strategies/boxo-fair.ts'
import type { PartnerView } from '../../../src/engine/strategy.ts'
import { choose, draws, waiter } from '../../support/scheduling.ts'

type Parts = Partial<PartnerView>

describe('boxo-fair', () => {
  it.each<[string, string, Parts, Parts]>([
    ['b', 'was never served', { servedAt: 19_999 }, { inFlightTasks: 9 }],
    ['b', 'was not served for more than ten seconds', { servedAt: 10_000 }, { servedAt: 9_999, inFlightTasks: 9 }],
    ['b', 'has fewer blocks under way', { inFlightTasks: 2, queuedTasks: 16 }, { inFlightTasks: 1 }],
    ['b', 'asks for more', { queuedTasks: 14 }, { queuedTasks: 15 }]
  ])('serves %s, who %s', (name, _, a, b) => {
    expect(choose(boxoFair.with(), [waiter('a', a), waiter('b', b)], 20_000, draws(0))).toBe(name)
  })

  it('takes no account of more than sixteen tasks, and decides by lot that lasts', () => {
    const both = (salt: number): unknown[] => {
      const scheduler = boxoFair.with().create({ random: draws(salt) })
      const [a, b] = [waiter('a', { queuedTasks: 16 }), waiter('b', { queuedTasks: 1_000 })]
      return [scheduler.next([a, b], 0), scheduler.next([b, a], 0)].map((next) => next === a)
    }
    const results = [0, 0.2, 0.4, 0.6, 0.8].map(both)
    for (const [first, second] of results) expect(first).toBe(second)
    expect(new Set(results.map(([first]) => first))).toEqual(new Set([true, false]))
  })
})
