import { expect, test } from 'vitest'
import { fairShare } from '../../src/engine/strategies/fair-share.ts'
import { replay, type Moment } from '../../src/laboratory/replay.ts'
import { runCell } from '../../src/laboratory/run-cell.ts'
import { readScenario } from '../../src/laboratory/scenario/read-scenario.ts'
import type { EventRecord } from '../../src/simulation/event-log.ts'

const scenario = readScenario({ name: 'x', topology: { seed: 2, leech: 4 }, content: { file_size: 900_000 } })
const cell = { scenario, server: 'fair-share', client: 'barter', seed: 3 }
const strategies = { server: fairShare, client: undefined }

async function play(untilMs: number): Promise<{ moment: Moment; eventHash: string; records: EventRecord[] }> {
  const records: EventRecord[] = []
  const played = await replay(cell, strategies, { peer: 3, untilMs, onMessage: (record) => records.push(record) })
  return { ...played, records }
}

test('a replay comes to the same moment each time, and shows one peer alone', async () => {
  const [first, again] = [await play(40), await play(40)]
  expect(again.moment.ledgers).toEqual(first.moment.ledgers)
  expect(first.moment.atMs).toBe(40)
  expect(first.records.length).toBeGreaterThan(0)
  expect(first.records.every(({ from, to }) => from === 'p000003' || to === 'p000003')).toBe(true)
  expect(first.records.every(({ atMicros }) => atMicros <= 40_000)).toBe(true)
  expect(again.records).toEqual(first.records)
})

test('at the end of a run its peer has what the run gave it', async () => {
  const result = await runCell(cell, strategies, { stopwatch: () => 0 })
  const { moment } = await play(result.virtualMs)
  // Four leaves and a root.
  expect(moment).toMatchObject({ blocks: 5, wants: [] })
  const received = moment.ledgers.reduce((sum, ledger) => sum + ledger.bytesReceived, 0)
  expect(received).toBeGreaterThan(900_000)
  expect(moment.partners).toHaveLength(5)
})

test('it is the run that it repeats, wherever it is looked at, and no further than to its end', async () => {
  const { eventHash, virtualMs } = await runCell(cell, strategies, { stopwatch: () => 0 })
  for (const untilMs of [0, 40, virtualMs / 2, virtualMs, 10 * virtualMs]) {
    const { moment, ...played } = await play(untilMs)
    expect(played.eventHash).toBe(eventHash)
    if (untilMs > virtualMs) expect(moment).toMatchObject({ atMs: virtualMs, hasEnded: true })
  }
})

test('one whose time is up is repeated as well, and one that is stopped ends with the reason', async () => {
  const short = { ...cell, scenario: { ...scenario, limit_ms: 60 } }
  const { eventHash } = await runCell(short, strategies, { stopwatch: () => 0 })
  const options = { peer: 3, untilMs: 40, onMessage: () => undefined }
  expect((await replay(short, strategies, options)).eventHash).toBe(eventHash)
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(replay(short, strategies, { ...options, signal })).rejects.toThrow('enough')
})
