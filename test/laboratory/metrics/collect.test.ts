import { expect, test } from 'vitest'
import { LOST_TIME_METRICS } from '../../../src/laboratory/metrics/lost-time.ts'
import { ofPeer, ofWorld, runSmall } from '../small-world.ts'

const ONCE = [
  { atMs: 0, leech: 0, file: 0 },
  { atMs: 0, leech: 1, file: 0 }
]
// The same files again, of those who have them by then.
const AGAIN = [...ONCE, ...[0, 1, 0].flatMap((leech, at) => [{ atMs: 60_000 + 1_000 * at, leech, file: 0 }])]

function run(trace: readonly object[]) {
  return runSmall({ topology: { kind: 'mesh', seed: 1, leech: 2 }, workload: { kind: 'trace', trace } })
}

test('what was at home is no fetch: it changes no time, and no lost time', async () => {
  const [once, again] = [await run(ONCE), await run(AGAIN)]
  expect([ofWorld(once, 'requests'), ofWorld(again, 'requests')]).toEqual([2, 5])
  const lost = LOST_TIME_METRICS.map(([, metric]) => metric)
  const times = ['mean', 'p10', 'median', 'p90', 'max'].flatMap((of) => [
    `time_to_fetch_${of}`,
    `time_to_first_block_${of}`
  ])
  const others = ['fetched_blocks', 'fetched_data', 'cooperator_time_to_fetch', 'stretch_dag']
  for (const metric of [...times, ...others, ...lost]) {
    expect([metric, ofWorld(again, metric)]).toEqual([metric, ofWorld(once, metric)])
  }
  expect(ofWorld(once, 'time_needed')).toBeGreaterThan(0)
  expect(again.rows.filter(({ peer, metric }) => peer > 0 && metric === 'time_to_fetch')).toHaveLength(2)
})

test('blocks and bytes of requests are told apart from those that crossed the wire', async () => {
  const result = await run(AGAIN)
  const [all, local, fetched] = ['blocks', 'local_blocks', 'fetched_blocks'].map((metric) => ofWorld(result, metric))
  expect([all, local, fetched]).toEqual([5 * 4, 3 * 4, 2 * 4])
  const crossed = ofPeer(result, 1, 'block_data_rcvd') + ofPeer(result, 2, 'block_data_rcvd')
  expect(ofWorld(result, 'fetched_data')).toBe(crossed - ofWorld(result, 'duplicate_data'))
  expect(ofWorld(result, 'block_data')).toBeCloseTo((5 / 2) * ofWorld(result, 'fetched_data'))
  const duplicates = ofWorld(result, 'duplicates')
  expect(ofWorld(result, 'duplicate_ratio')).toBe(duplicates / (2 * 4 + duplicates))
})

test('there is no time at which all was complete where anything failed', async () => {
  const cut = await runSmall({ limit_ms: 50 })
  expect(ofWorld(cut, 'failed')).toBeGreaterThan(0)
  expect(cut.rows.some(({ metric }) => metric === 'last_complete')).toBe(false)
  const trace = [...ONCE, { atMs: 60_000, leech: 0, file: 0 }]
  expect(ofWorld(await run(trace), 'last_complete')).toBe(60_000)
})
