import { describe, expect, test } from 'vitest'
import { LOST_TIME_METRICS } from '../../../src/laboratory/metrics/lost-time.ts'
import type { CellResult } from '../../../src/laboratory/results.ts'
import { ofPeer, ofWorld, runSmall } from '../small-world.ts'

function lost(result: CellResult): number {
  return LOST_TIME_METRICS.reduce((sum, [, metric]) => sum + ofWorld(result, metric), 0)
}

describe('a watch', () => {
  test('accounts for all the time of all requests', async () => {
    const result = await runSmall({ content: { file_size: 2_000_000 } })
    expect(lost(result)).toBeCloseTo(ofWorld(result, 'time_to_fetch_mean'), 3)
    expect(ofWorld(result, 'lost_discovery')).toBeGreaterThanOrEqual(40)
    expect(ofWorld(result, 'lost_queueing')).toBeGreaterThan(0)
    expect(ofWorld(result, 'stretch_fluid')).toBeGreaterThan(1)
    expect(ofWorld(result, 'stretch_dag')).toBeGreaterThan(1)
  })

  test('knows how long uplinks were busy: as long as their bytes take', async () => {
    const result = await runSmall({ topology: { seed: 1, leech: 1 } })
    const paceMs = (50 * 1024 * 1024) / 8 / 1_000
    expect(ofPeer(result, 0, 'uplink_busy')).toBeCloseTo(ofPeer(result, 0, 'wire_sent') / paceMs, 1)
    const virtual = ofWorld(result, 'last_complete')
    const busy = ofPeer(result, 0, 'uplink_busy') + ofPeer(result, 1, 'uplink_busy')
    expect(ofWorld(result, 'uplink_utilisation')).toBeCloseTo(busy / 2 / virtual, 2)
  })

  test('knows who learned of a want: everybody where wants are broadcast', async () => {
    expect(ofWorld(await runSmall({ topology: { seed: 1, leech: 1, passive: 4 } }), 'exposure')).toBe(1)
    const single = await runSmall({ topology: { seed: 1, leech: 1, passive: 4 } }, { client: 'single-stream' })
    expect(ofWorld(single, 'exposure')).toBeLessThan(1)
  })

  test('knows the round trips of a block: one where it is asked for at once and nothing is slow', async () => {
    const tiny = { topology: { seed: 1, leech: 1 }, content: { file_size: 1_000 }, link: { latency_ms: 50 } }
    expect(ofWorld(await runSmall(tiny), 'rtts_per_block')).toBeCloseTo(1, 1)
  })

  test('sees the same through the codec, and of a run that is cut off what there was', async () => {
    const [reference, codec] = [await runSmall(), await runSmall({ wire: 'codec' })]
    expect(codec.rows).toEqual(reference.rows)
    const cut = await runSmall({ limit_ms: 50 })
    expect(ofWorld(cut, 'time_needed')).toBeNaN()
    expect(ofWorld(cut, 'done_p50')).toBeNaN()
    expect(ofWorld(cut, 'exposure')).toBeGreaterThan(0)
  })
})
