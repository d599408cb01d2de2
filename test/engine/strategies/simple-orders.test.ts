import { describe, expect, it } from 'vitest'
import { best } from '../../../src/engine/strategies/best.ts'
import { fairTorrent } from '../../../src/engine/strategies/fair-torrent.ts'
import { fifo } from '../../../src/engine/strategies/fifo.ts'
import { goDefault } from '../../../src/engine/strategies/go-default.ts'
import { roundRobin } from '../../../src/engine/strategies/round-robin.ts'
import type { PartnerView } from '../../../src/engine/strategy.ts'
import { choose, draws, serve, waiter } from '../../support/scheduling.ts'

type Parts = Partial<PartnerView>

/** The choice between two partners, a before b in the row. */
function between(strategy: typeof fifo, a: Parts, b: Parts): string | number {
  return choose(strategy.with(), [waiter('a', a), waiter('b', b)])
}

describe('fifo', () => {
  it.each<[string, Parts, Parts]>([
    ['a', { oldestWant: 3 }, { oldestWant: 8 }],
    ['b', { oldestWant: 8, queuedTasks: 99 }, { oldestWant: 3 }]
  ])('serves %s, whose want came first', (name, a, b) => expect(between(fifo, a, b)).toBe(name))
})

describe('round-robin', () => {
  it('serves each in turn, whatever was exchanged', () => {
    const row = [waiter('a', { bytesSent: 9 }), waiter('b'), waiter('c', { bytesReceived: 9 })]
    expect(serve(roundRobin.with().create({ random: draws() }), row, 6, 1)).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })
})

describe('go-default', () => {
  it.each<[string, string, Parts, Parts]>([
    ['b', 'has less under way', { inFlightBytes: 2, queuedTasks: 99 }, { inFlightBytes: 1 }],
    ['b', 'asks for more, the rest being equal', { queuedTasks: 5 }, { queuedTasks: 6 }],
    ['a', 'stands first, all being equal', {}, {}]
  ])('serves %s, who %s', (name, _, a, b) => expect(between(goDefault, a, b)).toBe(name))
})

describe('best', () => {
  it.each<[string, string, Parts, Parts]>([
    // 100 / (24 + 1) = 4; 50 / (9 + 1) = 5
    ['a', 'owes less for what it gave', { bytesSent: 100, bytesReceived: 24 }, { bytesSent: 50, bytesReceived: 9 }],
    ['b', 'took nothing', { bytesSent: 1, bytesReceived: 1_000 }, {}],
    ['b', 'has less on its way', { inFlightBytes: 100 }, { inFlightBytes: 99 }],
    ['a', 'stands first, all being equal', {}, {}]
  ])('serves %s, who %s', (name, _, a, b) => expect(between(best, a, b)).toBe(name))

  it('serves whoever is left when those who owe less have nothing to be sent', () => {
    expect(choose(best.with(), [waiter('debtor', { bytesSent: 1e9 })])).toBe('debtor')
  })
})

describe('fair-torrent', () => {
  it.each<[string, string, Parts, Parts]>([
    ['a', 'has the smaller deficit', { bytesSent: 100, bytesReceived: 60 }, { bytesSent: 50, bytesReceived: 9 }],
    ['b', 'gave more than it took', {}, { bytesSent: 5, bytesReceived: 6 }],
    ['b', 'has less on its way', { inFlightBytes: 2 }, { bytesSent: 1 }],
    ['b', 'asked first, of equal deficits', { oldestWant: 7 }, { oldestWant: 6 }]
  ])('serves %s, who %s', (name, _, a, b) => expect(between(fairTorrent, a, b)).toBe(name))

  it('gives a seed’s partners the same bytes', () => {
    const row = ['a', 'b', 'c'].map((name, oldestWant) => waiter(name, { oldestWant }))
    serve(fairTorrent.with().create({ random: draws() }), row, 30, 1_000)
    expect(row.map(({ bytesSent }) => bytesSent)).toEqual([10_000, 10_000, 10_000])
  })
})
