import { MemoryDatastore } from 'datastore-core'
import { onTestFinished, describe, expect, it } from 'vitest'
import { localSource } from '../../../src/content/collector.ts'
import { AutoCollector } from '../../../src/node/keeping/auto-collector.ts'
import { openKeeping } from '../../../src/node/keeping/keeping.ts'
import { toBlockstorePort } from '../../../src/storage/blockstore-port.ts'
import { MemoryBlockstore } from '../../../src/storage/memory-blockstore.ts'
import { numberedBlock } from '../../../src/testing/sample-blocks.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

const PERIOD_MS = 3_600_000
/** Nine blocks of 100 bytes are too many. */
const OPTIONS = { storageMax: 1_000, watermark: 80, periodMs: PERIOD_MS }

function world() {
  const memory = new MemoryBlockstore()
  const keeping = openKeeping(memory, toBlockstorePort(memory), new MemoryDatastore())
  const clock = new ManualClock()
  const logger = new RecordingLogger()
  const state = { measured: 0, broken: false }
  const measure = (): Promise<number> => {
    state.measured += 1
    return state.broken ? Promise.reject(new Error('the disk is gone')) : Promise.resolve(memory.blocks * 100)
  }
  const automatic = new AutoCollector({ keeping, measure, clock, logger }, OPTIONS)
  onTestFinished(() => automatic.stop())
  automatic.start()
  const put = async (first: number, count: number): Promise<void> => {
    for (let number = first; number < first + count; number++) {
      const { cid, bytes } = numberedBlock(number, 100)
      await keeping.blocks.writeBlock(cid, bytes)
    }
  }
  return { memory, keeping, clock, automatic, state, logger, put }
}

describe('a collection that begins by itself', () => {
  it('waits until more is stored than was allowed, and then leaves what is pinned', async () => {
    const { memory, keeping, clock, automatic, state, put } = world()
    await put(0, 8)
    await keeping.pinner.add(numberedBlock(3, 100).cid, localSource(keeping.blocks))
    expect(automatic.status()).toEqual({ enabled: true, limitBytes: 800, storedBytes: undefined, periodMs: PERIOD_MS })
    await clock.pass(PERIOD_MS)
    expect([memory.blocks, state.measured, automatic.status().storedBytes]).toEqual([8, 1, 800])
    await put(8, 1)
    expect(automatic.status().storedBytes).toBe(900)
    await clock.pass(PERIOD_MS)
    expect([memory.blocks, automatic.status().storedBytes]).toEqual([1, 100])
    expect(keeping.collector.status().last).toMatchObject({ removed: 8, bytesFreed: 800, error: undefined })
  })

  it('measures again only when so much was put that it may be too much', async () => {
    const { clock, state, put } = world()
    await put(0, 2)
    for (let period = 0; period < 5; period++) await clock.pass(PERIOD_MS)
    expect(state.measured).toBe(1)
    await put(2, 6)
    await clock.pass(PERIOD_MS)
    expect(state.measured).toBe(1)
    await put(8, 1)
    await clock.pass(PERIOD_MS)
    // Before it began, and of what is left.
    expect(state.measured).toBe(3)
  })

  it('tells of what failed, and tries again', async () => {
    const { memory, clock, state, logger, put } = world()
    await put(0, 9)
    state.broken = true
    await clock.pass(PERIOD_MS)
    expect([memory.blocks, logger.messages('warn')]).toEqual([9, ['blocks that nobody keeps could not be removed']])
    state.broken = false
    await clock.pass(PERIOD_MS)
    expect(memory.blocks).toBe(0)
  })

  it('ends with the peer, also in the middle', async () => {
    const { memory, clock, automatic, keeping, put } = world()
    await put(0, 9)
    const removed: unknown[] = []
    const { blocks } = keeping
    const begin = blocks.beginCollection.bind(blocks)
    // Stopped when the first block was removed.
    blocks.beginCollection = () => {
      const collection = begin()
      const remove = collection.remove.bind(collection)
      collection.remove = async (cid) => {
        removed.push(cid)
        if (removed.length === 1) void automatic.stop()
        return await remove(cid)
      }
      return collection
    }
    await clock.pass(PERIOD_MS)
    await automatic.stop()
    expect(memory.blocks).toBeGreaterThan(0)
    expect(keeping.collector.status()).toMatchObject({ state: 'idle', last: { error: expect.any(String) as string } })
    expect(clock.timers).toBe(0)
  })
})
