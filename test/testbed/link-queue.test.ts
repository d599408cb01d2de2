import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { SEED } from '../support/seed.ts'
import { LinkQueue, type LinkShape, type LossMode, RETRANSMIT_MS } from './link-queue.ts'

const PLAIN: LinkShape = { delayMs: 50, jitterMs: 0, bytesPerSecond: 1_000_000, loss: 0, clogged: false }

function queue(change: Partial<LinkShape> = {}, mode: LossMode = 'drop', roomBytes = 1e6): LinkQueue<number> {
  return new LinkQueue({ ...PLAIN, ...change }, { random: new SeededRandom(SEED), mode, roomBytes })
}

describe('one way of a link', () => {
  it('carries a parcel after its transfer and the delay', () => {
    const link = queue()
    link.offer(1, 1_000, 0)
    expect(link.nextMs()).toBe(51)
    expect(link.take(50.9)).toEqual([])
    expect(link.take(51)).toEqual([1])
    expect(link.heldBytes).toBe(0)
  })

  it('carries parcels one after the other at its bandwidth', () => {
    const link = queue()
    for (const item of [1, 2, 3]) link.offer(item, 10_000, 0)
    expect(link.take(60)).toEqual([1])
    expect(link.take(70)).toEqual([2])
    expect(link.take(80)).toEqual([3])
  })

  it('keeps their order, whatever the jitter', () => {
    const link = queue({ jitterMs: 49 })
    for (let item = 0; item < 500; item++) link.offer(item, 100, item)
    expect(link.take(10_000)).toEqual(Array.from({ length: 500 }, (_, item) => item))
  })

  it('loses about the share it is told to lose', () => {
    const link = queue({ loss: 0.3 }, 'drop', 1e9)
    let arrived = 0
    for (let item = 0; item < 10_000; item++) if (link.offer(item, 1_400, 0)) arrived++
    expect(arrived).toBeGreaterThan(6_600)
    expect(arrived).toBeLessThan(7_400)
    expect(link.losses).toBe(10_000 - arrived)
  })

  it('makes loss a stall where bytes must arrive, and a longer one for each loss in a row', () => {
    const link = queue({ loss: 0.3 }, 'stall', 1e9)
    const arrivals: number[] = []
    for (let item = 0; item < 200; item++) {
      expect(link.offer(item, 1_400, item * 10_000)).toBe(true)
      arrivals.push((link.nextMs() ?? 0) - item * 10_000)
      link.take((item + 1) * 10_000)
    }
    const stalls = arrivals.map((ms) => Math.round(ms - 51.4))
    expect(new Set(stalls)).toContain(0)
    expect(new Set(stalls)).toContain(RETRANSMIT_MS)
    expect(new Set(stalls)).toContain(2 * RETRANSMIT_MS)
    expect(stalls.every((ms) => ms === 0 || Number.isInteger(Math.log2(ms / RETRANSMIT_MS)) || ms === 3_000)).toBe(true)
  })

  it('has no room beyond its bound', () => {
    const link = queue({}, 'drop', 5_000)
    const taken = [1, 2, 3, 4].map((item) => link.offer(item, 2_000, 0))
    expect(taken).toEqual([true, true, true, false])
    expect(link.isFull).toBe(true)
  })

  it('holds what comes while it is clogged, and lets it out at its bandwidth', () => {
    const link = queue({ clogged: true })
    for (const item of [1, 2]) link.offer(item, 10_000, 0)
    expect(link.nextMs()).toBeUndefined()
    expect(link.take(9_999)).toEqual([])
    link.reshape(PLAIN, 5_000)
    expect(link.take(5_010)).toEqual([1])
    expect(link.take(5_019)).toEqual([])
    expect(link.take(5_020)).toEqual([2])
  })

  it('forgets what it is told to forget', () => {
    const link = queue()
    link.offer(1, 100, 0)
    link.clear()
    expect(link.take(1_000)).toEqual([])
    expect(link.heldBytes).toBe(0)
  })
})
