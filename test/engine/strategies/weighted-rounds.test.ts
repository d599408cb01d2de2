import { describe, expect, it } from 'vitest'
import { strategyByName } from '../../../src/engine/strategies/by-name.ts'
import type { PartnerView } from '../../../src/engine/strategy.ts'
import { choose, draws, serve, waiter } from '../../support/scheduling.ts'

const scheduler = (reference: string) => strategyByName(`weighted-rounds-${reference}`).create({ random: draws() })

/** Bytes of 1,000 messages of ten that each of two gets, by their accounts, which stay as they are. */
function round(reference: string, a: Partial<PartnerView>, b: Partial<PartnerView>): Record<string, number> {
  const rounds = scheduler(reference)
  const row = [waiter('a', a), waiter('b', b)]
  const got: Record<string, number> = { a: 0, b: 0 }
  for (let turn = 0; turn < 1_000; turn++) {
    const partner = row.find((each) => each === rounds.next(row, 0))
    if (partner === undefined) break
    got[partner.peer] = (got[partner.peer] ?? 0) + 10
    rounds.served?.(partner, 10, 0)
  }
  return got
}

describe('weighted-rounds', () => {
  it.each<[string, Partial<PartnerView>, Partial<PartnerView>, number]>([
    ['constant', { bytesSent: 1e9 }, {}, 0.5],
    // d = 999 / (0 + 1): w = 1 / 1000; d = 0: w = 1
    ['identity', { bytesSent: 999 }, {}, 0.001],
    // d = 3: w = 1 / 4; d = 1: w = 1 / 2
    ['identity', { bytesSent: 30, bytesReceived: 9 }, { bytesSent: 10, bytesReceived: 9 }, 1 / 3],
    // d = 1: one half; d = 0: 0.99995
    ['sigmoid', { bytesSent: 10, bytesReceived: 9 }, {}, 1 / 3],
    // c = 1: one half; c = 10: 0.9998
    ['sigmoid-c', {}, { bytesReceived: 9 }, 1 / 3],
    // c = 1: 0.7616; c = 1/2: 0.4621
    ['tanh', {}, { bytesSent: 1 }, 0.6224],
    ['pay-debts', { bytesSent: 5, bytesReceived: 9 }, { bytesSent: 6, bytesReceived: 9 }, 1]
  ])('%s divides bytes by weight: %o and %o', (name, a, b, share) => {
    const got = round(name, a, b)
    expect((got['a'] ?? 0) / 10_000).toBeCloseTo(share, 1)
    expect((got['a'] ?? 0) + (got['b'] ?? 0)).toBe(10_000)
  })

  it('lets one message overdraw, and whoever has overdrawn goes last until the next round', () => {
    // 10 bytes a round, 5 each, messages of 8: a, b, and a new round.
    const row = [waiter('a'), waiter('b'), waiter('c')]
    expect(serve(scheduler('constant:round=15'), row, 6, 8).join('')).toBe('abcabc')
  })

  it('orders those with something left as go-default does', () => {
    const row = [waiter('a', { inFlightBytes: 9 }), waiter('b', { queuedTasks: 1 }), waiter('c', { queuedTasks: 2 })]
    expect(serve(scheduler('constant:round=30'), row, 3, 10)).toEqual(['c', 'b', 'a'])
  })

  it('gives newcomers nothing before the next round', () => {
    const rounds = scheduler('constant:round=30')
    const row = [waiter('a'), waiter('b')]
    serve(rounds, row, 1, 10)
    row.unshift(waiter('new', { queuedTasks: 99 }))
    expect(serve(rounds, row, 3, 10).join(' ')).toBe('b a b')
    expect(serve(rounds, row, 1, 10)).toEqual(['new'])
  })

  it('serves nobody when nobody who waits has any weight', () => {
    const debtors = [waiter('a', { bytesSent: 1 }), waiter('b', { bytesSent: 2 })]
    expect(choose(strategyByName('weighted-rounds-pay-debts'), debtors)).toBe(Infinity)
    expect(choose(strategyByName('weighted-rounds-pay-debts:alpha=1'), debtors)).toBe('a')
  })

  it('weighs to nine decimal places: less is nothing', () => {
    expect(choose(strategyByName('weighted-rounds-sigmoid'), [waiter('a', { bytesSent: 3 })])).toBe('a')
    expect(choose(strategyByName('weighted-rounds-sigmoid'), [waiter('a', { bytesSent: 4 })])).toBe(Infinity)
    expect(round('sigmoid', {}, { bytesSent: 4 })).toEqual({ a: 10_000, b: 0 })
  })
})
