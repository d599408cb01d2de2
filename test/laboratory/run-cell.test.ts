import { describe, expect, test } from 'vitest'
import { fairShare } from '../../src/engine/strategies/fair-share.ts'
import type { CellResult } from '../../src/laboratory/results.ts'
import { runCell } from '../../src/laboratory/run-cell.ts'
import { readScenario } from '../../src/laboratory/scenario/read-scenario.ts'

const BASE = {
  name: 'small',
  topology: { kind: 'mesh', seed: 2, leech: 6, passive: 1 },
  link: { latency_ms: 20, bandwidth_mb: 50 },
  content: { file_size: 2_000_000 }
}

function run(changes: Record<string, unknown>, seed = 1): Promise<CellResult> {
  const scenario = readScenario({ ...BASE, ...changes })
  const cell = { scenario, server: 'fair-share', client: 'barter', seed }
  return runCell(cell, { server: fairShare, client: undefined }, { stopwatch: () => 0 })
}

function world(result: CellResult, metric: string): number | undefined {
  return result.rows.find((row) => row.peer === -1 && row.metric === metric)?.value
}

describe('a cell', () => {
  test('ends with every file complete, and rows that add up', async () => {
    const result = await run({})
    expect(world(result, 'failed')).toBe(0)
    expect(world(result, 'complaints')).toBe(0)
    // 2,000,000 bytes in chunks of 262,144: eight leaves and a root, for each of six leeches.
    expect(world(result, 'blocks')).toBe(6 * 9)
    const received = result.rows.filter(({ peer, metric }) => peer >= 0 && metric === 'blks_rcvd')
    expect(received.reduce((sum, { value }) => sum + value, 0)).toBe(world(result, 'blks_sent'))
    expect(world(result, 'blks_sent')).toBe(6 * 9 + (world(result, 'duplicates') ?? NaN))
    // Nothing is faster than the uplinks of all: a bound that no strategy beats.
    expect(world(result, 'last_complete')).toBeGreaterThan((2_000_000 * 1_000) / ((50 * 1024 * 1024) / 8))
  })

  test.each([
    ['a mesh', {}],
    ['waves', { workload: { waves: 3, wave_gap_ms: 200 } }],
    ['trading', { workload: { kind: 'trade', wants: 2 }, content: { file_size: 400_000 } }],
    ['one block after the other', { workload: { fetch: 'one' }, content: { file_size: 600_000 } }]
  ])('gives the same events by reference and through the codec: %s', async (_name, changes) => {
    const [reference, codec] = [await run(changes), await run({ ...changes, wire: 'codec' })]
    expect(codec.eventHash).toBe(reference.eventHash)
    expect(codec.rows).toEqual(reference.rows)
  })

  test('is the same for the same seed, and another for another', async () => {
    const changes = { topology: { ...BASE.topology, kind: 'random', degree: 3 } }
    const [first, again, other] = [await run(changes), await run(changes), await run(changes, 2)]
    expect(again.eventHash).toBe(first.eventHash)
    expect(other.eventHash).not.toBe(first.eventHash)
  })

  test('gives the same with real hashes as with virtual ones, but for the names of the blocks', async () => {
    const result = await run({ realBytes: true })
    expect(world(result, 'failed')).toBe(0)
    expect(world(result, 'blocks')).toBe(6 * 9)
  })

  test('is cut off at its limit, and what is open has failed', async () => {
    const result = await run({ limit_ms: 100 })
    expect(world(result, 'failed')).toBe(6)
    expect(result.virtualMs).toBeLessThan(1_000)
  })

  test('may leave out the rows of peers', async () => {
    const scenario = readScenario(BASE)
    const cell = { scenario, server: 'fair-share', client: 'barter', seed: 1 }
    const parts = { server: fairShare, client: undefined }
    const result = await runCell(cell, parts, { stopwatch: () => 0, detail: 'world' })
    expect(result.rows.every(({ peer }) => peer === -1)).toBe(true)
  })
})
