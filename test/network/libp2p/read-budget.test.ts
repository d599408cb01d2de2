import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadBudget, type Reader } from '../../../src/network/libp2p/read-budget.ts'
import { property } from '../../support/seed.ts'

class TestReader implements Reader {
  partialBytes = 0
  reading = true
  givenUp = false
  /** Takes its bytes off the budget. */
  drop: (bytes: number) => void = () => undefined

  giveUp(): void {
    this.givenUp = true
    const bytes = this.partialBytes
    this.partialBytes = 0
    this.drop(bytes)
  }

  pause(): void {
    this.reading = false
  }

  resume(): void {
    this.reading = true
  }
}

const LIMITS = { perPeer: 100, total: 250 }

function setUp(peers: number, readersEach: number): { budget: ReadBudget; readers: TestReader[][] } {
  const budget = new ReadBudget(LIMITS)
  const readers = Array.from({ length: peers }, (_, peer) =>
    Array.from({ length: readersEach }, () => {
      const reader = new TestReader()
      reader.drop = (bytes) => budget.partial(`peer ${peer}`, -bytes)
      budget.add(`peer ${peer}`, reader)
      return reader
    })
  )
  return { budget, readers }
}

function reading(readers: TestReader[][]): boolean[][] {
  return readers.map((own) => own.map((reader) => reader.reading))
}

describe('ReadBudget', () => {
  it('pauses the streams of a peer above its limit, and resumes them at half of it', () => {
    const { budget, readers } = setUp(2, 2)
    budget.unread('peer 0', 60)
    budget.unread('peer 0', 40)
    expect(reading(readers)).toEqual([
      [true, true],
      [true, true]
    ])
    budget.unread('peer 0', 1)
    expect(reading(readers)).toEqual([
      [false, false],
      [true, true]
    ])
    budget.unread('peer 0', -50)
    expect(reading(readers)).toEqual([
      [false, false],
      [true, true]
    ])
    budget.unread('peer 0', -1)
    expect(reading(readers)).toEqual([
      [true, true],
      [true, true]
    ])
    expect(budget.heldBytes).toBe(50)
  })

  it('pauses a stream that a slowed peer opens', () => {
    const { budget } = setUp(1, 1)
    budget.unread('peer 0', 101)
    const late = new TestReader()
    budget.add('peer 0', late)
    expect(late.reading).toBe(false)
    budget.unread('peer 0', -101)
    expect(late.reading).toBe(true)
  })

  it('lets the message that is furthest be finished when a peer has only unfinished ones', () => {
    const { budget, readers } = setUp(1, 3)
    for (const [i, bytes] of [40, 50, 20].entries()) {
      const reader = readers[0]?.[i]
      if (reader !== undefined) reader.partialBytes = bytes
      budget.partial('peer 0', bytes)
    }
    expect(reading(readers)).toEqual([[false, true, false]])
    // It is finished and waits to be dealt with: now that one is waited for.
    budget.unread('peer 0', 60)
    budget.partial('peer 0', -50)
    for (const reader of readers[0] ?? []) if (reader.partialBytes === 50) reader.partialBytes = 0
    expect(reading(readers)).toEqual([[false, false, false]])
    budget.unread('peer 0', -60)
    expect(reading(readers)).toEqual([[true, false, false]])
  })

  it('lets another stream go on when the one that might ends', () => {
    const { budget, readers } = setUp(1, 2)
    for (const reader of readers[0] ?? []) reader.partialBytes = 51
    budget.partial('peer 0', 102)
    const going = (readers[0] ?? []).filter((reader) => reader.reading)
    expect(going.length).toBe(1)
    for (const reader of going) {
      budget.partial('peer 0', -1)
      budget.remove('peer 0', reader)
    }
    expect((readers[0] ?? []).filter((reader) => reader.reading && !going.includes(reader)).length).toBe(1)
  })

  it('slows whoever brings more when all peers together hold too much', () => {
    const { budget, readers } = setUp(4, 1)
    for (const peer of [0, 1, 2]) budget.unread(`peer ${peer}`, 80)
    budget.unread('peer 3', 11)
    expect(reading(readers)).toEqual([[true], [true], [true], [false]])
    budget.unread('peer 0', -80)
    expect(reading(readers).at(-1)).toEqual([false])
    budget.unread('peer 1', -80)
    expect(reading(readers).at(-1)).toEqual([true])
  })

  it('gives up the largest of whoever fills the total with unfinished messages, and does not pause the next', () => {
    const { budget, readers } = setUp(4, 1)
    for (const [peer, bytes] of [90, 95, 60, 10].entries()) {
      const reader = readers[peer]?.[0]
      if (reader !== undefined) reader.partialBytes = bytes
      budget.partial(`peer ${peer}`, bytes)
    }
    expect(readers.flat().map((reader) => reader.givenUp)).toEqual([false, true, false, false])
    expect(reading(readers)).toEqual([[true], [true], [true], [true]])
    expect(budget.heldBytes).toBe(160)
  })

  it('tells a pause that waits for us from one that the peer brought about', () => {
    const { budget } = setUp(2, 1)
    budget.partial('peer 0', 101)
    expect(budget.waitsForUs('peer 0')).toBe(false)
    budget.unread('peer 0', 1)
    expect([budget.waitsForUs('peer 0'), budget.waitsForUs('peer 1')]).toEqual([true, false])
  })

  it('forgets a peer without streams and bytes', () => {
    const { budget, readers } = setUp(1, 1)
    budget.unread('peer 0', 200)
    for (const reader of readers[0] ?? []) budget.remove('peer 0', reader)
    budget.unread('peer 0', -200)
    const late = new TestReader()
    budget.add('peer 0', late)
    expect(late.reading).toBe(true)
    expect(budget.heldBytes).toBe(0)
  })

  it('never stops all streams while nothing waits to be dealt with, and holds about its limit', () => {
    const step = fc.record({
      peer: fc.nat(3),
      reader: fc.nat(2),
      bytes: fc.integer({ min: 1, max: 40 }),
      end: fc.boolean()
    })
    property(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { budget, readers } = setUp(4, 3)
        for (const { peer, reader: index, bytes, end } of steps) {
          const reader = readers[peer]?.[index]
          // A paused stream brings nothing more.
          if (reader?.reading !== true) continue
          reader.partialBytes += bytes
          budget.partial(`peer ${peer}`, bytes)
          // A frame has 40 bytes at most; then it is a message, which is dealt with at once.
          if (!end && reader.partialBytes < 40) continue
          const whole = reader.partialBytes
          reader.partialBytes = 0
          budget.unread(`peer ${peer}`, whole)
          budget.partial(`peer ${peer}`, -whole)
          budget.unread(`peer ${peer}`, -whole)
        }
        expect(readers.flat().some((reader) => reader.reading)).toBe(true)
        expect(budget.heldBytes).toBeLessThanOrEqual(LIMITS.total + 80)
        expect(budget.heldBytes).toBe(readers.flat().reduce((sum, reader) => sum + reader.partialBytes, 0))
      })
    )
  })
})
