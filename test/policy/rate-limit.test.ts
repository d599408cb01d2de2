import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { Limits } from '../../src/policy/limits.ts'
import { MAX_DEBTORS, RateLimit } from '../../src/policy/rate-limit.ts'
import { property } from '../support/seed.ts'

const ALICE = toPeerId('alice')
const BOB = toPeerId('bob')

describe('RateLimit', () => {
  it('limits nothing until it is told to', () => {
    const limit = new RateLimit()
    limit.take(ALICE, 1e9, 0)
    expect([limit.isLimited, limit.readyAt(0), limit.peerReadyAt(ALICE, 0)]).toEqual([false, 0, 0])
  })

  it('what passes in any time is the limit, and one message more, whatever their sizes', () => {
    const rule = fc.property(
      fc.integer({ min: 1_000, max: 1_000_000 }),
      fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: 5, maxLength: 50 }),
      (rate, messages) => {
        const limit = new RateLimit()
        limit.set({ total: rate, perPeer: 0 }, 0)
        let now = 0
        let passed = 0
        for (const bytes of messages) {
          now = limit.readyAt(now)
          limit.take(ALICE, bytes, now)
          expect(passed).toBeLessThanOrEqual(rate * 0.1 + (now * rate) / 1_000 + 1)
          passed += bytes
        }
        // Nor is anything lost: the wait is as long as it must be, to the millisecond.
        expect(limit.readyAt(now)).toBeLessThanOrEqual((passed * 1_000) / rate + messages.length + 1)
      }
    )
    property(rule)
  })

  it('one peer that used up its own does not hold up another', () => {
    const limit = new RateLimit()
    limit.set({ total: 0, perPeer: 1_000 }, 0)
    limit.take(ALICE, 1_100, 0)
    expect([limit.peerReadyAt(ALICE, 0), limit.peerReadyAt(BOB, 0), limit.readyAt(0)]).toEqual([1_001, 0, 0])
    limit.giveBack(ALICE, 1_100)
    expect(limit.peerReadyAt(ALICE, 0)).toBe(0)
  })

  it('leaving does not pay a debt; the debts of 1,024 that left are remembered', () => {
    const limit = new RateLimit()
    limit.set({ total: 0, perPeer: 1_000 }, 0)
    limit.take(ALICE, 10_000, 0)
    limit.take(BOB, 1, 0)
    limit.forget(ALICE)
    limit.forget(BOB)
    expect(limit.peerReadyAt(ALICE, 0)).toBeGreaterThan(9_000)
    for (let i = 0; i < MAX_DEBTORS; i++) {
      limit.take(toPeerId(`${i}`), 10_000, 0)
      limit.forget(toPeerId(`${i}`))
    }
    expect(limit.peerReadyAt(ALICE, 0)).toBe(0)
    expect(limit.peerReadyAt(toPeerId('0'), 0)).toBeGreaterThan(9_000)
  })

  it('changes while it is in use: no debt takes longer to pay than before, and a higher limit is felt at once', () => {
    const limit = new RateLimit()
    limit.set({ total: 1_000, perPeer: 0 }, 0)
    limit.take(ALICE, 10_100, 0)
    expect(limit.readyAt(0)).toBe(10_001)
    limit.set({ total: 10_000, perPeer: 0 }, 0)
    expect(limit.readyAt(0)).toBe(1_001)
    limit.set({ total: 100, perPeer: 0 }, 0)
    expect(limit.readyAt(0)).toBe(1_010)
    limit.set({ total: 0, perPeer: 0 }, 0)
    expect([limit.readyAt(0), limit.isLimited]).toEqual([0, false])
  })
})

describe('Limits', () => {
  it('change those that are given, all or none', () => {
    let changes = 0
    const none = { upload: 0, download: 0, uploadPerPeer: 0, downloadPerPeer: 0 }
    const limits = new Limits(
      { ...none, upload: 5 },
      () => 0,
      () => ++changes
    )
    limits.set({ download: 7, uploadPerPeer: 3 })
    expect(limits.get()).toEqual({ upload: 5, download: 7, uploadPerPeer: 3, downloadPerPeer: 0 })
    for (const wrong of [-1, NaN, Infinity]) {
      expect(() => limits.set({ upload: 1, downloadPerPeer: wrong })).toThrow('bytes a second')
    }
    expect([limits.get().upload, changes]).toEqual([5, 1])
  })
})
