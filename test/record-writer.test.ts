import { expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../src/ids.ts'
import { RecordWriter } from '../src/record-writer.ts'
import { ManualClock } from './support/manual-clock.ts'
import { RecordingLogger } from './support/recording-logger.ts'

it('remembers no more removals than it may, also of those that come while a write is under way and fails', async () => {
  const removed: number[] = []
  let name = 0
  const forgetSome = (): void => {
    for (let i = 0; i < 5; i++) writer.forgotten(toPeerId(`${name++}`))
  }
  const store = {
    async *all() {},
    save: () => Promise.resolve(),
    remove: (peers: readonly PeerId[]) => {
      removed.push(peers.length)
      forgetSome()
      return Promise.reject(new Error('EIO'))
    }
  }
  const writer = new RecordWriter<never>({
    store,
    clock: new ManualClock(),
    logger: new RecordingLogger(),
    what: 'records',
    flushMs: 1_000,
    maxForgotten: 3,
    recordOf: () => undefined
  })
  forgetSome()
  for (let i = 0; i < 4; i++) expect(await writer.flush()).toBe(false)
  expect(removed).toEqual([3, 3, 3, 3])
})
