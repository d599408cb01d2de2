import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { debtRatio, decayFactor, Ledger } from '../../src/ledger/ledger.ts'
import { property } from '../support/seed.ts'

const ernie = toPeerId('ernie')
const HALF_LIFE = 1_000

describe('debtRatio', () => {
  it.each([
    [0, 0, 0],
    [10, 0, 10],
    [10, 9, 1],
    [0, 10, 0],
    [100, 24, 4]
  ])('of %d bytes sent and %d received is %d', (sent, received, ratio) => {
    expect(debtRatio(sent, received)).toBe(ratio)
  })
})

describe('decayFactor', () => {
  it.each([
    [0, 1],
    [-5, 1],
    [1_000, 0.5],
    [2_000, 0.25],
    [1e12, 0]
  ])('after %d ms is %d', (elapsed, left) => {
    expect(decayFactor(elapsed, HALF_LIFE)).toBeCloseTo(left, 12)
  })

  it('with a half-life of nothing leaves nothing', () => {
    expect([decayFactor(0, 0), decayFactor(1, 0)]).toEqual([1, 0])
  })
})

describe('Ledger', () => {
  it('begins with nothing', () => {
    expect(new Ledger(ernie, HALF_LIFE, 0).snapshot(5)).toEqual({
      peer: ernie,
      bytesSent: 0,
      bytesReceived: 0,
      exchanges: 0,
      recentSent: 0,
      recentReceived: 0,
      debtRatio: 0
    })
  })

  it('lets recent bytes decay, and totals never', () => {
    const ledger = new Ledger(ernie, HALF_LIFE, 0)
    ledger.sent(800, 2, 0)
    ledger.received(99, 1, 0)
    expect(ledger.debtRatio(0)).toBe(8)
    expect(ledger.snapshot(2_000)).toMatchObject({ bytesSent: 800, bytesReceived: 99, exchanges: 3, recentSent: 200 })
    ledger.sent(100, 1, 2_000)
    expect(ledger.snapshot(3_000)).toMatchObject({ bytesSent: 900, exchanges: 4, recentSent: 150 })
  })

  it('decays nothing when the clock goes back', () => {
    const ledger = new Ledger(ernie, HALF_LIFE, 5_000)
    ledger.sent(100, 1, 5_000)
    ledger.sent(100, 1, 1_000)
    expect(ledger.snapshot(2_000)).toMatchObject({ recentSent: 200 })
  })

  it('comes back as it was written down, decayed for the time between', () => {
    const before = new Ledger(ernie, HALF_LIFE, 0)
    before.sent(800, 2, 0)
    before.received(400, 1, 1_000)
    const after = new Ledger(ernie, HALF_LIFE, 9_000)
    expect(after.restore(before.record(), 9_000)).toBe(true)
    expect(after.snapshot(9_000)).toEqual(before.snapshot(9_000))
  })

  it('adds a record to what was exchanged before it was read', () => {
    const before = new Ledger(ernie, HALF_LIFE, 0)
    before.sent(800, 2, 0)
    const after = new Ledger(ernie, HALF_LIFE, 0)
    after.sent(200, 1, 0)
    after.restore(before.record(), 0)
    expect(after.snapshot(0)).toMatchObject({ bytesSent: 1_000, exchanges: 3, recentSent: 1_000 })
  })

  it.each(['bytesSent', 'bytesReceived', 'exchanges', 'recentSent', 'recentReceived', 'updatedAt'] as const)(
    'refuses a record without a sensible %s',
    (field) => {
      const ledger = new Ledger(ernie, HALF_LIFE, 0)
      for (const value of [Number.NaN, -1, Infinity]) {
        expect(ledger.restore({ ...ledger.record(), [field]: value }, 0)).toBe(false)
      }
      expect(ledger.snapshot(0)).toMatchObject({ bytesSent: 0, recentSent: 0 })
    }
  )

  it('totals are exact whatever happens in between; recent bytes are never more than totals', () => {
    const step = fc.record({
      sent: fc.nat(2 ** 21),
      received: fc.nat(2 ** 21),
      ms: fc.integer({ min: -500, max: 5_000 })
    })
    property(
      fc.property(fc.array(step), (steps) => {
        let ledger = new Ledger(ernie, HALF_LIFE, 10_000)
        let [now, sent, received] = [10_000, 0, 0]
        for (const each of steps) {
          now = Math.max(0, now + each.ms)
          ledger.sent(each.sent, 1, now)
          ledger.received(each.received, 1, now)
          sent += each.sent
          received += each.received
          const restarted = new Ledger(ernie, HALF_LIFE, now)
          restarted.restore(ledger.record(), now)
          ledger = restarted
        }
        const view = ledger.snapshot(now)
        expect(view).toMatchObject({ bytesSent: sent, bytesReceived: received, exchanges: 2 * steps.length })
        expect(view.recentSent).toBeLessThanOrEqual(sent)
        expect(view.recentReceived).toBeLessThanOrEqual(received)
      })
    )
  })
})
