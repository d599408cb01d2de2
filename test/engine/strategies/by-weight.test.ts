import { describe, expect, it } from 'vitest'
import type { Partner } from '../../../src/engine/partner.ts'
import { STARVED_MS } from '../../../src/engine/strategies/by-weight.ts'
import { partnerView } from '../../support/partner-view.ts'
import { RowTable } from '../../support/row-table.ts'
import { weighing } from '../../support/weighing.ts'

/** Partners of any weight, with one slot for all of them. */
class WeightTable extends RowTable {
  readonly #weights: Map<string, number>

  constructor() {
    const weights = new Map<string, number>()
    super(weighing(({ peer }) => weights.get(peer) ?? Number.NaN))
    this.#weights = weights
  }

  override sit(name: string, weight = 1): Partner {
    this.#weights.set(name, weight)
    return super.sit(name)
  }
}

describe('byWeight', () => {
  it('takes turns where weights are equal', () => {
    const table = new WeightTable()
    for (const name of ['a', 'b', 'c']) table.sit(name)
    expect(table.serve(6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  it.each([
    [1, 3],
    [0.01, 1],
    [1e6, 3e6],
    [2, 5]
  ])('shares bytes by weight: %d to %d', (light, heavy) => {
    const table = new WeightTable()
    table.sit('light', light)
    table.sit('heavy', heavy)
    table.serve(2_000, 0)
    expect(table.share('light')).toBeCloseTo(light / (light + heavy), 2)
  })

  it('shares bytes, not messages', () => {
    const table = new WeightTable()
    table.sit('small')
    table.sit('large')
    table.serve(1_000, 0, ({ peer }) => (peer === 'small' ? 16_384 : 262_144))
    expect(table.share('small')).toBeCloseTo(0.5, 2)
  })

  it('gives weight 0 nothing while anyone else waits, and equal shares when all have it', () => {
    const table = new WeightTable()
    table.sit('a', 0)
    const b = table.sit('b', 1)
    table.sit('c', 0)
    expect(table.serve(4, STARVED_MS)).toEqual(['b', 'b', 'b', 'b'])
    table.turns.set(b, false, table.now)
    expect(table.serve(4).toSorted()).toEqual(['a', 'a', 'c', 'c'])
  })

  it('serves a newcomer with one want before those who took their share', () => {
    const table = new WeightTable()
    for (let i = 0; i < 10; i++) table.sit(`heavy ${i}`)
    table.serve(100)
    table.sit('newcomer')
    expect(table.serve(2)).toContain('newcomer')
    expect(table.serve(8)).not.toContain('newcomer')
  })

  it('remembers a partner that asks for little at a time', () => {
    const table = new WeightTable()
    const light = table.sit('light', 1)
    table.sit('heavy', 3)
    table.sit('heavy too', 3)
    for (let i = 0; i < 3_000; i++) {
      if (table.serve(1, 0).includes('light')) {
        // Its queue is empty for a moment, and there again before the next turn.
        table.turns.set(light, false, 0)
        table.turns.set(light, true, 0)
      }
    }
    expect(table.share('light')).toBeCloseTo(1 / 7, 2)
  })

  it('lets nobody save up credit', () => {
    const table = new WeightTable()
    for (const name of ['a', 'b']) table.sit(name)
    table.serve(1_000)
    table.sit('silent until now')
    expect(table.serve(30).filter((name) => name === 'silent until now').length).toBeLessThanOrEqual(11)
  })

  it('never lets a weight above 0 wait for longer than ten seconds', () => {
    const table = new WeightTable()
    table.sit('rich', 1_000_000)
    table.sit('poor', 1e-9)
    const order = table.serve(400, 250)
    const turns = order.flatMap((name, index) => (name === 'poor' ? [index * 250] : []))
    const waits = turns.map((at, index) => at - (turns[index - 1] ?? 0))
    expect(Math.max(...waits)).toBeLessThanOrEqual(STARVED_MS + 500)
    expect(table.share('poor')).toBeLessThan(0.05)
  })

  it('leaves half the turns to the weights even when all are starved', () => {
    const table = new WeightTable()
    for (let i = 0; i < 30; i++) table.sit(`${i}`, i === 0 ? 100 : 1)
    table.serve(400, 1_000)
    expect(table.share('0')).toBeGreaterThan(0.3)
  })

  it('charges nobody for turns that were given while nothing was scarce', () => {
    const table = new WeightTable()
    const a = table.sit('a')
    for (let i = 0; i < 100; i++) table.turns.served(a, 262_144, 0)
    table.sit('b')
    expect(table.serve(4).toSorted()).toEqual(['a', 'a', 'b', 'b'])
  })

  it('remembers a weight for a moment', () => {
    let asked = 0
    const scheduler = weighing(() => ++asked).create({ random: { next: () => 0 } })
    const waiting = [partnerView()]
    for (const now of [0, 50, 99, 100, 199]) scheduler.next(waiting, now)
    expect(asked).toBe(2)
  })

  it('forgets who has left', () => {
    let asked = 0
    const scheduler = weighing(() => ++asked).create({ random: { next: () => 0 } })
    const partner = partnerView()
    scheduler.next([partner], 0)
    scheduler.left?.(partner.peer)
    scheduler.next([partner], 0)
    expect(asked).toBe(2)
  })

  it.each([Number.NaN, -1, Infinity])('fails for weight %d, and names the partner', (weight) => {
    const scheduler = weighing(() => weight).create({ random: { next: () => 0 } })
    expect(() => scheduler.next([partnerView()], 0)).toThrow(`strategy weighing weighed ernie ${weight}`)
  })
})
