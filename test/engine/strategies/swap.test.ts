import { describe, expect, it } from 'vitest'
import { swap } from '../../../src/engine/strategies/swap.ts'
import { choice, draws, waiter } from '../../support/scheduling.ts'

const scheduler = (refresh = 100_000) => swap.with({ refresh }).create({ random: draws() })

describe('swap', () => {
  it('serves until the debt has reached its limit', () => {
    expect(choice(scheduler().next([waiter('a', { bytesSent: 1_499_999 })], 0))).toBe('a')
    // 500,000 bytes above the payment threshold, at 100,000 a second.
    expect(choice(scheduler().next([waiter('a', { bytesSent: 1_500_000 })], 0))).toBe(5_000)
    expect(choice(scheduler().next([waiter('a', { bytesSent: 2_000_000, bytesReceived: 500_001 })], 0))).toBe('a')
  })

  it('serves a refused partner again once time has forgiven what is above the payment threshold', () => {
    const rule = scheduler()
    const debtor = waiter('a', { bytesSent: 1_500_000 })
    rule.next([debtor], 0)
    expect(choice(rule.next([debtor], 4_000))).toBe(5_000)
    expect(choice(rule.next([debtor], 5_000))).toBe('a')
  })

  it('serves it at once when it gives', () => {
    const rule = scheduler(0)
    const debtor = waiter('a', { bytesSent: 1_500_000 })
    expect(choice(rule.next([debtor], 0))).toBe(Infinity)
    debtor.bytesReceived = 499_999
    expect(choice(rule.next([debtor], 1))).toBe(Infinity)
    debtor.bytesReceived = 500_000
    expect(choice(rule.next([debtor], 1))).toBe('a')
  })

  it('forgives nothing in advance', () => {
    const rule = scheduler()
    const partner = waiter('a')
    rule.next([partner], 0)
    rule.next([partner], 1_000_000)
    partner.bytesSent = 1_500_000
    expect(choice(rule.next([partner], 1_000_000))).toBe(1_005_000)
  })

  it('passes over who is refused, and forgets who left', () => {
    const rule = scheduler()
    const [debtor, other] = [waiter('a', { bytesSent: 1_500_000 }), waiter('b')]
    expect(choice(rule.next([debtor, other], 0))).toBe('b')
    debtor.bytesReceived = 400_000
    expect(choice(rule.next([debtor, other], 0))).toBe('b')
    rule.left?.(debtor.peer)
    expect(choice(rule.next([debtor, other], 0))).toBe('a')
  })
})
