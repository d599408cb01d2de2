import { describe, expect, it } from 'vitest'
import { churnSchedule } from '../../src/simulation/churn.ts'
import { type Distribution, drawMicros } from '../../src/simulation/distribution.ts'
import { drawRegion, regionLatencyMs, REGIONS, ROUND_TRIP_MS } from '../../src/simulation/regions.ts'
import { SeededRandom } from '../../src/simulation/seeded-random.ts'
import { DelayedBlockstore, VirtualBlockstore } from '../../src/simulation/virtual-blockstore.ts'
import { VirtualClock } from '../../src/simulation/virtual-clock.ts'
import { createList } from '../../src/simulation/virtual-content.ts'

const HOUR_MS = 3_600_000

function draws(distribution: Distribution, count = 20_000): number[] {
  const random = new SeededRandom(1, distribution.kind)
  return Array.from({ length: count }, () => drawMicros(distribution, random) / 1_000)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

describe('a distribution', () => {
  it.each<[Distribution, number, number]>([
    [{ kind: 'fixed', ms: 5 }, 5, 5],
    [{ kind: 'uniform', fromMs: 10, toMs: 30 }, 20, 20],
    [{ kind: 'exponential', meanMs: 100 }, 100, 69.3],
    [{ kind: 'lognormal', meanMs: 620, sdMs: 640 }, 620, 431],
    [{ kind: 'weibull', shape: 0.608, scaleMs: 3_660 }, 5_415, 2_003]
  ])('has the mean and median of its kind: %o', (distribution, expectedMean, expectedMedian) => {
    const values = draws(distribution)
    expect(Math.abs(mean(values) / expectedMean - 1)).toBeLessThan(0.04)
    expect(Math.abs(median(values) / expectedMedian - 1)).toBeLessThan(0.04)
    expect(values.every((value) => value >= 0 && Number.isInteger(Math.round(value * 1_000)))).toBe(true)
  })

  it('refuses to go back in time', () => {
    expect(() => draws({ kind: 'fixed', ms: -1 }, 1)).toThrow('gives -1 ms: expected 0 or more')
  })
})

describe('churn', () => {
  const shape = {
    session: { kind: 'weibull', shape: 0.608, scaleMs: 3.66 * HOUR_MS },
    absence: { kind: 'exponential', meanMs: 2 * HOUR_MS }
  } as const

  it('is a row of stays, one after the other, of the peer alone', () => {
    const stays = churnSchedule(shape, 'peer 1', new SeededRandom(1), 500 * HOUR_MS)
    expect(stays.length).toBeGreaterThan(20)
    for (const [index, { joinMs, leaveMs }] of stays.entries()) {
      expect(leaveMs).toBeGreaterThanOrEqual(joinMs)
      expect(joinMs).toBeGreaterThanOrEqual(stays[index - 1]?.leaveMs ?? 0)
    }
    expect(stays.at(-1)?.leaveMs).toBeLessThanOrEqual(500 * HOUR_MS)
    expect(churnSchedule(shape, 'peer 1', new SeededRandom(1), 500 * HOUR_MS)).toEqual(stays)
    expect(churnSchedule(shape, 'peer 2', new SeededRandom(1), 500 * HOUR_MS)).not.toEqual(stays)
  })

  it('keeps about as many peers there at the start as later', () => {
    const peers = Array.from({ length: 400 }, (_, index) =>
      churnSchedule(shape, `peer ${index}`, new SeededRandom(2), 50 * HOUR_MS)
    )
    const there = (at: number): number =>
      peers.filter((stays) => stays.some(({ joinMs, leaveMs }) => joinMs <= at && at < leaveMs)).length
    expect(Math.abs(there(0) - there(40 * HOUR_MS))).toBeLessThan(100)
  })

  it('ends even when nobody stays for any time', () => {
    const nothing = { kind: 'fixed', ms: 0 } as const
    const stays = churnSchedule({ session: nothing, absence: nothing }, 'x', new SeededRandom(1), 100)
    expect(stays.length).toBeLessThanOrEqual(101)
    expect(() => churnSchedule(shape, 'x', new SeededRandom(1), Infinity)).toThrow('expected a finite number')
  })
})

describe('regions', () => {
  it('are as far from each other as measured', () => {
    expect(ROUND_TRIP_MS.map((row) => row.length)).toEqual(REGIONS.map(() => REGIONS.length))
    expect([regionLatencyMs('NAE', 'EUW'), regionLatencyMs('EUW', 'NAE')]).toEqual([49.25, 49.25])
    expect(regionLatencyMs('OC', 'OC')).toBe(12)
  })

  it('are drawn by where providers are', () => {
    const random = new SeededRandom(3)
    const drawn = Array.from({ length: 5_000 }, () => drawRegion(random))
    const share = (...names: readonly string[]): number =>
      drawn.filter((region) => names.includes(region)).length / drawn.length
    expect(share('NAE', 'NAW')).toBeCloseTo(0.49, 1)
    expect(share('EUW', 'EUE')).toBeCloseTo(0.26, 1)
  })
})

describe('a delayed store', () => {
  const [block] = createList({ sizes: [100] }).blocks

  it('takes its time for each call, and for more of them in turn when it serves few at a time', async () => {
    if (block === undefined) throw new Error('no block')
    const timesOf = async (parallel?: number): Promise<number> => {
      const clock = new VirtualClock()
      const time = parallel === undefined ? { delayMs: 5 } : { delayMs: 5, parallel }
      const store = new DelayedBlockstore(new VirtualBlockstore(), clock, time)
      await clock.until(store.put(block.cid, block.bytes))
      const reads = Array.from({ length: 6 }, () => store.get(block.cid))
      expect(await clock.until(Promise.all(reads))).toEqual(new Array(6).fill(block.bytes))
      expect(await clock.until(store.size(block.cid))).toBe(100)
      return clock.now()
    }
    expect([await timesOf(), await timesOf(2), await timesOf(1)]).toEqual([15, 25, 40])
  })
})
