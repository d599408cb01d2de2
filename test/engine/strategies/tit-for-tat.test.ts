import { describe, expect, it } from 'vitest'
import { titForTat } from '../../../src/engine/strategies/tit-for-tat.ts'
import type { Scheduler } from '../../../src/engine/strategy.ts'
import type { PartnerDouble } from '../../support/partner-view.ts'
import { choice, draws, waiter } from '../../support/scheduling.ts'

const names = (count: number): PartnerDouble[] => Array.from({ length: count }, (_, i) => waiter(`p${i}`))

/** All that are served now, if each gets the same. */
function unchoked(rule: Scheduler, row: readonly PartnerDouble[], now: number): Set<string | number> {
  return new Set(
    Array.from({ length: 3 * row.length }, () => {
      const next = rule.next(row, now)
      if (!('untilMs' in next)) rule.served?.(next, 100, now)
      return choice(next)
    })
  )
}

describe('tit-for-tat', () => {
  it('unchokes the four who gave most in the last two rounds, and one by lot', () => {
    // Nobody gave anything yet: the first four, and by lot one of the other four.
    const rule = titForTat.with().create({ random: draws(0, 0.99) })
    const row = names(8)
    expect(unchoked(rule, row, 0)).toEqual(new Set(['p0', 'p1', 'p2', 'p3', 'p4']))
    for (const [place, { peer }] of row.entries()) rule.received?.(peer, place * 10, 5_000)
    expect(unchoked(rule, row, 9_999)).toEqual(new Set(['p0', 'p1', 'p2', 'p3', 'p4']))
    // The one that was drawn is among the four now, and another is drawn.
    expect(unchoked(rule, row, 10_000)).toEqual(new Set(['p4', 'p5', 'p6', 'p7', 'p3']))
  })

  it('serves those unchoked alike, by what each got in this round', () => {
    const rule = titForTat.with().create({ random: draws() })
    const [a, b] = [waiter('a'), waiter('b')]
    rule.next([a, b], 0)
    rule.served?.(a, 300, 0)
    rule.served?.(b, 299, 0)
    expect(choice(rule.next([a, b], 1))).toBe('b')
  })

  it('lets the others wait for the next choice', () => {
    const rule = titForTat.with({ slots: 1 }).create({ random: draws(0) })
    const row = names(3)
    rule.next(row, 1_000)
    expect(choice(rule.next(row.slice(2), 2_000))).toBe(11_000)
  })

  it('draws the optimistic unchoke anew at every third choice, a newcomer with three chances', () => {
    const rule = titForTat.with({ slots: 1 }).create({ random: draws(0, 0.45) })
    const row = names(3)
    expect(unchoked(rule, row, 0)).toEqual(new Set(['p0', 'p1']))
    for (const now of [10_000, 20_000]) expect(unchoked(rule, row, now)).toEqual(new Set(['p0', 'p1']))
    // The slot goes to who got most, p0. Five lots: p1, p2, and three of the newcomer.
    row.push(waiter('new'))
    expect(unchoked(rule, row, 30_000)).toEqual(new Set(['p0', 'new']))
  })

  it('chokes who gave nothing for a minute, though unchoked', () => {
    const rule = titForTat.with({ slots: 1 }).create({ random: draws(0, 0, 0, 0) })
    const [a, b] = [waiter('a'), waiter('b')]
    rule.next([a, b], 0)
    rule.received?.(a.peer, 1_000, 0)
    for (let now = 10_000; now < 60_000; now += 10_000) {
      rule.received?.(a.peer, 10, now - 9_000)
      rule.received?.(b.peer, 1, now - 9_000)
      expect(choice(rule.next([a], now))).toBe('a')
    }
    rule.received?.(b.peer, 5, 51_000)
    // a gave last at 41 s; b gives on.
    for (let now = 60_000; now < 110_000; now += 10_000) {
      rule.received?.(b.peer, 5, now)
      rule.next([a, b], now)
    }
    expect(choice(rule.next([b], 110_000))).toBe('b')
  })

  it('of a seed unchokes those who take most', () => {
    const rule = titForTat.with({ slots: 1 }).create({ random: draws(0, 0.99) })
    const [a, b, c] = [waiter('a'), waiter('b'), waiter('c')]
    expect(unchoked(rule, [a, b, c], 0)).toEqual(new Set(['a', 'b']))
    rule.served?.(b, 200, 0)
    expect(choice(rule.next([b, c], 10_000))).toBe('b')
    expect(choice(rule.next([a], 10_000))).toBe(20_000)
  })
})
