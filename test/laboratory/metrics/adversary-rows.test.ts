import { expect, test } from 'vitest'
import { runTask } from '../../../src/laboratory/experiment/cell-task.ts'
import type { CellResult } from '../../../src/laboratory/results.ts'

const TRADE = {
  name: 'trade',
  topology: { kind: 'mesh', seed: 0, leech: 8 },
  link: { latency_ms: 10, bandwidth_mb: 1, window_bytes: 32_768 },
  content: { file_size: 160_000, chunk: 16_384 },
  workload: { kind: 'trade', wants: 4 },
  exchange: { uploadSlots: 1, targetMessageBytes: 16_384, strict: true }
}

function run(server: string, changes: Record<string, unknown>): Promise<CellResult> {
  const json = { ...TRADE, ...changes }
  return runTask({ json, spec: { server, client: 'boxo', seed: 1 }, detail: 'peers' })
}

function world(result: CellResult, metric: string): number | undefined {
  return result.rows.find((row) => row.peer === -1 && row.metric === metric)?.value
}

const FREE_RIDERS = { adversary: { kind: 'free-rider', fraction: 0.25 } }

test('peers that play fair and those that do not are told apart', async () => {
  const result = await run('best', FREE_RIDERS)
  const roles = Map.groupBy(
    result.rows.filter(({ metric }) => metric === 'blks_sent'),
    ({ role }) => role
  )
  expect([roles.get('leech')?.length, roles.get('free-rider')?.length]).toEqual([6, 2])
  expect(roles.get('free-rider')?.map(({ value }) => value)).toEqual([0, 0])
  expect(world(result, 'adversaries')).toBe(2)
  expect(world(result, 'adversary_share_ratio')).toBe(0)
  expect(world(result, 'cooperator_share_ratio')).toBeGreaterThan(1)
  expect(world(result, 'cooperator_failed')).toBe(0)
})

test('the penalty is the time of the ones for that of the others, and larger where giving counts', async () => {
  const [best, same] = [await run('best', FREE_RIDERS), await run('fair-share', FREE_RIDERS)]
  const ratio = (world(best, 'adversary_time_to_fetch') ?? NaN) / (world(best, 'cooperator_time_to_fetch') ?? NaN)
  expect(world(best, 'free_rider_penalty')).toBe(ratio)
  expect(ratio).toBeGreaterThan(1.1)
  expect(ratio).toBeGreaterThan(world(same, 'free_rider_penalty') ?? NaN)
})

test('without adversaries there is no row of theirs, and everybody is a cooperator', async () => {
  const result = await run('fair-share', {})
  const metrics = new Set(result.rows.map(({ metric }) => metric))
  expect([...metrics].filter((metric) => metric.startsWith('adversary_t') || metric.startsWith('free_rider'))).toEqual(
    []
  )
  expect(world(result, 'cooperator_time_to_fetch')).toBe(world(result, 'time_to_fetch_median'))
  expect(world(result, 'jain_return')).toBeGreaterThan(0.5)
})

test('what never came counts until the end of the world', async () => {
  // Literally the whitepaper: pure downloaders are refused after their first block.
  const result = await run('whitepaper', { ...FREE_RIDERS, limit_ms: 30_000 })
  expect(world(result, 'adversary_failed')).toBeGreaterThan(0)
  expect(world(result, 'adversary_time_to_fetch')).toBeGreaterThan(29_000)
  expect(world(result, 'longest_wait')).toBeGreaterThan(10_000)
})
