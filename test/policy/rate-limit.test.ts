import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { Limits } from '../../src/policy/limits.ts'
import { MAX_DEBTORS, MAX_OWN_RATES, RateLimit } from '../../src/policy/rate-limit.ts'
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

  it('a peer may have a limit of its own, in the place of that of each; it holds as soon as it is set', () => {
    const limit = new RateLimit()
    limit.set({ total: 0, perPeer: 1_000 }, 0)
    limit.setOwn(ALICE, 10_000, 0)
    for (const peer of [ALICE, BOB]) limit.take(peer, 11_000, 0)
    expect([limit.peerReadyAt(ALICE, 0), limit.peerReadyAt(BOB, 0)]).toEqual([1_001, 10_901])
    limit.set({ total: 0, perPeer: 0 }, 0)
    expect([limit.peerReadyAt(ALICE, 0), limit.peerReadyAt(BOB, 0), limit.isLimited]).toEqual([1_001, 0, true])
    limit.setOwn(ALICE, 0, 0)
    limit.take(ALICE, 1e9, 0)
    expect(limit.peerReadyAt(ALICE, 0)).toBe(0)
    limit.setOwn(ALICE, undefined, 0)
    expect(limit.isLimited).toBe(false)
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
      expect(() => limits.set({ upload: 1, downloadPerPeer: wrong })).toThrow(
        `the download limit of each peer is ${wrong}: expected a number of bytes a second, 0 for no limit`
      )
    }
    const excess = 'is above that of all together: expected 7 bytes a second or less'
    expect(() => limits.set({ upload: 4, downloadPerPeer: 8 })).toThrow(`the download limit of each peer ${excess}`)
    expect(() => limits.setPeer(ALICE, { upload: 1, download: 8 })).toThrow(`the download limit of alice ${excess}`)
    expect(limits.ofPeers()).toEqual([])
    expect([limits.get().upload, changes]).toEqual([5, 1])
  })

  it('are of its own for a peer, whatever form its id is in, both or none, and of 1,024 peers at most', () => {
    const limits = new Limits(
      { upload: 0, download: 0, uploadPerPeer: 0, downloadPerPeer: 0 },
      () => 0,
      () => undefined
    )
    limits.setPeer('bafzaajaiaejcaacndhtgtgtjkzvsvqmvtyzqvwnayk3cawsq3bvsdy3okxhncq6n', { upload: 5, download: 0 })
    const [first] = limits.ofPeers()
    expect(first).toEqual({ peer: expect.stringMatching(/^12D3KooW/u) as string, upload: 5, download: 0 })
    expect(() => limits.setPeer(ALICE, { upload: 1, download: -1 })).toThrow('the download limit of alice is -1')
    expect(() => limits.set({ upload: 4 })).toThrow(/the upload limit of 12D3KooW\w+ is above that of all together/u)
    expect(limits.get().upload).toBe(0)
    expect(limits.ofPeers()).toHaveLength(1)
    for (let i = 1; i < MAX_OWN_RATES; i++) limits.setPeer(`${i}`, { upload: i })
    expect(() => limits.setPeer(ALICE, { upload: 1 })).toThrow('1024 peers have limits of their own')
    limits.setPeer('1', { upload: 7 })
    limits.setPeer('2', {})
    limits.setPeer(ALICE, { upload: 1 })
    expect(limits.ofPeers()).toHaveLength(MAX_OWN_RATES)
  })
})
