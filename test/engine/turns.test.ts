import { describe, expect, it } from 'vitest'
import type { PartnerView, Scheduler, Strategy } from '../../src/engine/strategy.ts'
import { BATCH, RowTable } from '../support/row-table.ts'

/** A strategy that answers as the test says, and counts how often it was asked. */
function answering(next: (waiting: readonly PartnerView[]) => unknown): Strategy & { asked: number; told: unknown[] } {
  const strategy = {
    name: 'answering',
    about: 'as a test says',
    source: 'a test',
    asked: 0,
    told: [] as unknown[],
    create: (): Scheduler => ({
      next: (waiting) => {
        strategy.asked++
        return next(waiting) as PartnerView
      },
      served: ({ peer }, bytes, now) => void strategy.told.push(['served', peer, bytes, now])
    })
  }
  return strategy
}

const last = (waiting: readonly PartnerView[]): unknown => waiting.at(-1)
const nobody = (): unknown => ({ untilMs: 500 })

describe('Turns, with a slot for everybody', () => {
  it('serves in the order of coming and asks no strategy, but tells it', () => {
    const strategy = answering(nobody)
    const table = new RowTable(strategy)
    const [a, b] = [table.sit('a'), table.sit('b')]
    expect(table.turn(2)).toBe(a)
    table.turns.served(a, BATCH, 7)
    expect(table.turn(2)).toBe(b)
    expect([strategy.asked, strategy.told]).toEqual([0, [['served', 'a', BATCH, 7]]])
    expect([a.servedAt, a.waitingSince, b.servedAt]).toEqual([7, 7, -Infinity])
  })

  it('has nobody to serve without slots or without partners', () => {
    const table = new RowTable(answering(last))
    expect(table.turn()).toBeUndefined()
    const a = table.sit('a')
    expect(table.turn(0)).toBeUndefined()
    table.turns.set(a, false, 0)
    expect(table.turn()).toBeUndefined()
    expect(table.turns.size).toBe(0)
  })

  it('asks for two, where all share a limited uplink', () => {
    const table = new RowTable(answering(last))
    const [a, b] = [table.sit('a'), table.sit('b')]
    expect(table.turns.next(9, 0, true)).toBe(b)
    table.turns.delete(b)
    expect(table.turns.next(9, 0, true)).toBe(a)
  })
})

describe('Turns, when slots are scarce', () => {
  it('gives the turn to whom the strategy chooses', () => {
    const table = new RowTable(answering(last))
    for (const name of ['a', 'b', 'c']) table.sit(name)
    expect(table.serve(3)).toEqual(['c', 'c', 'c'])
  })

  it('shows the row in the order of coming, or of being served', () => {
    const rows: string[] = []
    const table = new RowTable(
      answering((waiting) => {
        rows.push(waiting.map(({ peer }) => peer).join(''))
        return waiting[1]
      })
    )
    for (const name of ['a', 'b', 'c']) table.sit(name)
    table.serve(3)
    expect(rows).toEqual(['abc', 'acb', 'abc'])
  })

  it('serves in order of coming when the strategy would serve nobody: it may not add delay', () => {
    const table = new RowTable(answering(nobody))
    table.sit('a')
    table.sit('b')
    expect(table.serve(4)).toEqual(['a', 'b', 'a', 'b'])
    expect([table.turns.pausedUntil, table.logged]).toEqual([undefined, []])
  })

  it('passes over partners that do not take what they are sent, while others wait', () => {
    const table = new RowTable(answering(last))
    table.sit('b')
    const stalled = table.sit('stalled')
    table.sit('c')
    stalled.lentSlots = 1
    expect(table.serve(10)).not.toContain('stalled')
    for (const partner of table.partners) if (partner !== stalled) table.turns.set(partner, false, table.now)
    expect(table.serve(1)).toEqual(['stalled'])
  })

  it.each<[string, () => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a partner of its own making', () => ({ peer: 'a' })],
    ['a pause until no time', () => ({ untilMs: Number.NaN })],
    [
      'an error',
      () => {
        throw new Error('no')
      }
    ]
  ])('falls back to the order of coming for %s, and says so once', (_, next) => {
    const table = new RowTable(answering(next))
    table.sit('a')
    table.sit('b')
    expect(table.serve(3)).toEqual(['a', 'b', 'a'])
    expect(table.logged).toHaveLength(1)
    expect(table.logged[0]).toMatchObject({ strategy: 'answering' })
  })

  it('refuses a partner that waits no more', () => {
    const gone: PartnerView[] = []
    const table = new RowTable(answering(() => gone[0]))
    gone.push(table.sit('gone'))
    for (const name of ['a', 'b']) table.sit(name)
    table.turns.delete(table.partners[0] ?? table.sit('never'))
    expect(table.serve(2)).toEqual(['a', 'b'])
  })
})

describe('Turns of a strict engine', () => {
  it('asks though there is a slot for everybody, and lets all wait when it is told so', () => {
    const strategy = answering(nobody)
    const table = new RowTable(strategy, true)
    table.sit('a')
    expect([table.turn(9), table.turns.pausedUntil, strategy.asked]).toEqual([undefined, 500, 1])
    expect([table.turn(0), table.turns.pausedUntil]).toEqual([undefined, undefined])
  })

  it('falls back where the strategy fails', () => {
    const table = new RowTable(
      answering(() => undefined),
      true
    )
    const a = table.sit('a')
    expect(table.turn(9)).toBe(a)
  })
})
