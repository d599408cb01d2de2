import { describe, expect, it } from 'vitest'
import { Partner } from '../../src/engine/partner.ts'
import { STARVED_MS, Turns } from '../../src/engine/turns.ts'
import type { Turn } from '../../src/engine/turns.ts'
import { SharedPlaces } from '../../src/engine/shared-places.ts'
import { toPeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'

const BATCH = 256 * 1024

interface Seat {
  readonly partner: Partner
  weight: number
}

/** Partners that always wait, with one slot for all of them. */
class Table {
  readonly turns = new Turns()
  readonly seats: Seat[] = []
  readonly served = new Map<string, number>()
  asked = 0
  now = 0

  sit(name: string, weight = 1): Partner {
    const partner = new Partner(toPeerId(name), { presences: true }, DEFAULT_OPTIONS.engine, new SharedPlaces(0))
    this.seats.push({ partner, weight })
    this.turns.set(partner, true, this.now)
    return partner
  }

  turn(freeSlots = 1): Turn | undefined {
    return this.turns.next(freeSlots, this.now, (partner) => {
      this.asked++
      return this.seats.find((seat) => seat.partner === partner)?.weight ?? Number.NaN
    })
  }

  /** Serves `count` batches, `ms` apart; returns to whom. */
  serve(count: number, ms = 1, work: (partner: Partner) => number = () => BATCH): readonly string[] {
    return Array.from({ length: count }, () => {
      const turn = this.turn()
      if (turn === undefined) return 'nobody'
      const { peer } = turn.partner
      this.turns.served(turn, work(turn.partner), this.now)
      this.served.set(peer, (this.served.get(peer) ?? 0) + work(turn.partner))
      this.now += ms
      return peer
    })
  }

  share(name: string): number {
    const total = [...this.served.values()].reduce((sum, work) => sum + work, 0)
    return (this.served.get(name) ?? 0) / total
  }
}

describe('Turns, with a slot for everybody', () => {
  it('serves in the order of coming, charges nothing and asks no strategy', () => {
    const table = new Table()
    const [a, b] = [table.sit('a', 0), table.sit('b', 1)]
    const turn = table.turn(2)
    expect(turn).toEqual({ partner: a, reason: 'idle' })
    if (turn !== undefined) table.turns.served(turn, BATCH, 0)
    expect(table.turn(2)).toEqual({ partner: b, reason: 'idle' })
    expect([table.asked, a.deficit]).toEqual([0, 0])
  })

  it('has nobody to serve without slots or without partners', () => {
    const table = new Table()
    expect(table.turn()).toBeUndefined()
    const a = table.sit('a')
    expect(table.turn(0)).toBeUndefined()
    table.turns.set(a, false, 0)
    expect(table.turn()).toBeUndefined()
    expect(table.turns.size).toBe(0)
  })
})

describe('Turns, when slots are scarce', () => {
  it('takes turns where weights are equal', () => {
    const table = new Table()
    for (const name of ['a', 'b', 'c']) table.sit(name)
    expect(table.serve(6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  it.each([
    [1, 3],
    [0.01, 1],
    [1e6, 3e6],
    [2, 5]
  ])('shares bytes by weight: %d to %d', (light, heavy) => {
    const table = new Table()
    table.sit('light', light)
    table.sit('heavy', heavy)
    table.serve(2_000, 0)
    expect(table.share('light')).toBeCloseTo(light / (light + heavy), 2)
  })

  it('shares bytes, not messages', () => {
    const table = new Table()
    table.sit('small')
    table.sit('large')
    table.serve(1_000, 0, ({ peer }) => (peer === 'small' ? 16_384 : 262_144))
    expect(table.share('small')).toBeCloseTo(0.5, 2)
  })

  it('gives weight 0 nothing while anyone else waits, and equal shares when all have it', () => {
    const table = new Table()
    table.sit('a', 0)
    const b = table.sit('b', 1)
    table.sit('c', 0)
    expect(table.serve(4, STARVED_MS)).toEqual(['b', 'b', 'b', 'b'])
    table.turns.set(b, false, table.now)
    expect(table.serve(4).toSorted()).toEqual(['a', 'a', 'c', 'c'])
  })

  it('serves a newcomer with one want before those who took their share', () => {
    const table = new Table()
    for (let i = 0; i < 10; i++) table.sit(`heavy ${i}`)
    table.serve(100)
    table.sit('newcomer')
    expect(table.serve(2)).toContain('newcomer')
    expect(table.serve(8)).not.toContain('newcomer')
  })

  it('remembers a partner that asks for little at a time', () => {
    const table = new Table()
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
    const table = new Table()
    for (const name of ['a', 'b']) table.sit(name)
    table.serve(1_000)
    table.sit('silent until now')
    expect(table.serve(30).filter((name) => name === 'silent until now').length).toBeLessThanOrEqual(11)
  })

  it('never lets a weight above 0 wait for longer than ten seconds', () => {
    const table = new Table()
    table.sit('rich', 1_000_000)
    table.sit('poor', 1e-9)
    const order = table.serve(400, 250)
    const turns = order.flatMap((name, index) => (name === 'poor' ? [index * 250] : []))
    const waits = turns.map((at, index) => at - (turns[index - 1] ?? 0))
    expect(Math.max(...waits)).toBeLessThanOrEqual(STARVED_MS + 500)
    expect(table.share('poor')).toBeLessThan(0.05)
  })

  it('leaves half the turns to the weights even when all are starved', () => {
    const table = new Table()
    for (let i = 0; i < 30; i++) table.sit(`${i}`, i === 0 ? 100 : 1)
    table.serve(400, 1_000)
    expect(table.share('0')).toBeGreaterThan(0.3)
  })

  it('passes over partners that do not take what they are sent, while others wait', () => {
    const table = new Table()
    const stalled = table.sit('stalled')
    const b = table.sit('b')
    table.sit('c')
    stalled.lentSlots = 1
    expect(new Set(table.serve(10, STARVED_MS))).toEqual(new Set(['b', 'c']))
    for (const { partner } of table.seats.slice(1)) table.turns.set(partner, false, table.now)
    expect(table.serve(1)).toEqual(['stalled'])
    table.turns.set(b, true, table.now)
    expect(table.serve(1)).toEqual(['b'])
  })
})
