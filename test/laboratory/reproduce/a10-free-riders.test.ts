import { expect, test } from 'vitest'
import { a10, checksOf, SWEEP_SIZES } from '../../../src/laboratory/reproduce/a10-free-riders.ts'
import { createBench } from '../../../src/laboratory/reproduce/bench.ts'
import { sweepFreeRiders, type SweepRow } from '../../../src/laboratory/reproduce/free-rider-sweep.ts'
import { ARENA_STRATEGIES } from '../../../src/laboratory/tournament/arena.ts'

/** A sweep in which every rule does what is said of it, or none does. */
function rowsOf(works: boolean): readonly SweepRow[] {
  return SWEEP_SIZES.flatMap(({ peers, fractions }) =>
    ARENA_STRATEGIES.flatMap((server) =>
      fractions.map((fraction): SweepRow => {
        const isNeutral = server === 'fair-share' || server === 'boxo-fair'
        const reward = works && !isNeutral && peers < 1_000 ? 1 + fraction : 1
        const cooperatorS = works ? 100 / reward : 100 + (isNeutral ? 0 : 50)
        const penalty = isNeutral && !works ? 2 : reward
        const loss = isNeutral && works ? 1 + fraction : 1.1
        const rest = { runs: 1, longestWaitS: 1, cooperatorFailed: 0, adversaryFailed: 0, lastS: 1 }
        return { peers, server, fraction, cooperatorS, adversaryS: 100, penalty, loss, jain: works ? 1 : 0.5, ...rest }
      })
    )
  )
}

test('A10 covers ten server strategies at 30, 120 and 1,000 peers, and says so honestly', () => {
  expect(SWEEP_SIZES.map(({ peers }) => peers)).toEqual([30, 120, 1_000])
  expect(ARENA_STRATEGIES.length).toBeGreaterThanOrEqual(8)
  const [good, bad] = [checksOf(rowsOf(true)), checksOf(rowsOf(false))]
  expect(good.filter(({ passed }) => !passed)).toEqual([])
  expect(bad.filter(({ passed }) => passed)).toEqual([])
  expect(a10.seeds).toBe(Math.max(...SWEEP_SIZES.map(({ seeds }) => seeds)))
})

test('a penalty counts from five hundredths more than the larger of the neutral rules', () => {
  const check = (penalty: number): boolean | undefined => {
    const rows = rowsOf(true).map((row) => {
      if (row.peers !== 30 || row.fraction !== 0.3) return row
      return { ...row, penalty: row.server === 'best' ? penalty : row.server === 'boxo-fair' ? 1.08 : 1 }
    })
    return checksOf(rows).find(({ what }) => what.endsWith('best penalizes free-riders'))?.passed
  }
  expect(check(1.06)).toBe(false)
  expect(check(1.13)).toBe(false)
  expect(check(1.14)).toBe(true)
})

test('a sweep has a row for each strategy and part of free-riders', async () => {
  const size = { peers: 8, chunk: 163_840, seeds: 2, fractions: [0, 0.25] }
  const rows = await sweepFreeRiders(createBench({ workers: 1, seeds: [1] }), [size])
  expect(rows).toHaveLength(2 * ARENA_STRATEGIES.length)
  for (const { fraction, penalty, loss, cooperatorS, runs } of rows) {
    expect(runs).toBe(1)
    expect(cooperatorS).toBeGreaterThan(1)
    expect(Number.isFinite(penalty)).toBe(fraction > 0)
    if (fraction === 0) expect(loss).toBe(1)
  }
})
