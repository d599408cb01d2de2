import { describe, expect, it } from 'vitest'
import { MessageProgress } from '../../../src/network/libp2p/message-progress.ts'
import type { PartialMessage } from '../../../src/ports.ts'
import { ManualClock } from '../../support/manual-clock.ts'

function world() {
  const clock = new ManualClock()
  /** Bounded: by the test. */
  const told: PartialMessage[] = []
  return { clock, told, progress: new MessageProgress(clock, (part) => told.push(part)) }
}

describe('MessageProgress', () => {
  it('tells of a message that is long on its way, four times a second, however often its bytes come', () => {
    const { clock, told, progress } = world()
    for (let bytes = 0; bytes < 1_000; bytes++) {
      progress.came(true, false, bytes, 5_000)
      clock.advance(1)
    }
    expect(told).toEqual([250, 500, 750].map((ms) => ({ bytes: ms, totalBytes: 5_000, ms })))
  })

  it('says nothing of messages that are here at once, one after the other, for however long', () => {
    const { clock, told, progress } = world()
    for (let i = 0; i < 1_000; i++) {
      progress.came(true, true, 100, 5_000)
      clock.advance(100)
    }
    expect(told).toEqual([])
  })

  it('says nothing while nothing more is here', () => {
    const { clock, told, progress } = world()
    progress.came(true, true, 100, 5_000)
    clock.advance(1_000)
    progress.came(true, false, 100, 5_000)
    expect(told).toEqual([])
    progress.came(true, false, 101, 5_000)
    expect(told).toEqual([{ bytes: 101, totalBytes: 5_000, ms: 1_000 }])
  })

  it('reckons the time of each message from its own beginning', () => {
    const { clock, told, progress } = world()
    progress.came(true, false, 100, 5_000)
    clock.advance(1_000)
    progress.came(false, true, 0, 0)
    clock.advance(1_000)
    progress.came(true, false, 10, 700)
    clock.advance(300)
    progress.came(true, false, 20, 700)
    expect(told).toEqual([{ bytes: 20, totalBytes: 700, ms: 300 }])
  })
})
