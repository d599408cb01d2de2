import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReadBudget } from '../../../src/network/libp2p/read-budget.ts'
import { LIGHT_BYTES, type Reader } from '../../../src/network/libp2p/read-pool.ts'
import { property } from '../../support/seed.ts'

class TestReader implements Reader {
  expected = false
  partialBytes = 0
  bufferedBytes = 0
  lagMs = 0
  reading = true
  givenUp = false
  /** Takes it off the budget. */
  drop: (partialBytes: number) => void = () => undefined

  giveUp(): void {
    const bytes = this.partialBytes
    this.givenUp = true
    this.partialBytes = 0
    this.bufferedBytes = 0
    this.drop(bytes)
  }

  expect(blocks: boolean): void {
    this.expected = blocks
  }

  pause(): void {
    this.reading = false
  }

  resume(): void {
    this.reading = true
  }
}

/** Whoever holds less than 16 of these is light. */
const K = LIGHT_BYTES / 16
const LIMITS = { perPeer: 100 * K, mostPerPeer: 200 * K, total: 250 * K }

interface World {
  readonly budget: ReadBudget
  readonly readers: TestReader[][]
  /** Bytes of an unfinished message came on a stream, whether it reads or not. */
  readonly brings: (peer: number, reader: number, units: number) => void
  readonly unread: (peer: number, units: number) => void
  readonly pausing: () => number
}

function setUp(peers: number, readersEach: number): World {
  let pausing = 0
  const budget = new ReadBudget({ asked: LIMITS, others: LIMITS }, () => pausing++)
  const readers = Array.from({ length: peers }, (_, peer) =>
    Array.from({ length: readersEach }, () => {
      const reader = new TestReader()
      reader.drop = (partialBytes) => budget.remove(`peer ${peer}`, reader, partialBytes)
      budget.add(`peer ${peer}`, reader)
      return reader
    })
  )
  const brings = (peer: number, index: number, units: number): void => {
    const reader = readers[peer]?.[index]
    if (reader !== undefined) reader.partialBytes += units * K
    budget.partial(`peer ${peer}`, units * K)
  }
  const unread = (peer: number, units: number): void => budget.unread(`peer ${peer}`, units * K)
  return { budget, readers, brings, unread, pausing: () => pausing }
}

function reading(readers: TestReader[][]): boolean[][] {
  return readers.map((own) => own.map((reader) => reader.reading))
}

function givenUp(readers: TestReader[][]): boolean[] {
  return readers.flat().map((reader) => reader.givenUp)
}

describe('ReadBudget', () => {
  it('pauses the streams of a peer above its limit, and resumes them at half of it', () => {
    const { budget, readers, unread, pausing } = setUp(2, 2)
    unread(0, 60)
    unread(0, 40)
    expect(reading(readers).flat()).toEqual([true, true, true, true])
    expect(pausing()).toBe(0)
    unread(0, 1)
    expect(reading(readers)).toEqual([
      [false, false],
      [true, true]
    ])
    expect(pausing()).toBe(1)
    unread(0, -50)
    expect(reading(readers)[0]).toEqual([false, false])
    unread(0, -1)
    expect(reading(readers)[0]).toEqual([true, true])
    expect(budget.heldBytes).toBe(50 * K)
  })

  it('pauses a stream that a slowed peer opens', () => {
    const { budget, unread } = setUp(1, 1)
    unread(0, 101)
    const late = new TestReader()
    budget.add('peer 0', late)
    expect(late.reading).toBe(false)
    unread(0, -101)
    expect(late.reading).toBe(true)
  })

  it('lets the message that is furthest be finished when a peer has only unfinished ones', () => {
    const { readers, brings, unread } = setUp(1, 3)
    for (const [i, units] of [40, 50, 20].entries()) brings(0, i, units)
    expect(reading(readers)).toEqual([[false, true, false]])
    // It is finished and waits to be dealt with: now that one is waited for.
    unread(0, 60)
    brings(0, 1, -50)
    expect(reading(readers)).toEqual([[false, false, false]])
    unread(0, -60)
    expect(reading(readers)).toEqual([[true, false, false]])
  })

  it('lets another stream go on when the one that might ends', () => {
    const { readers, brings } = setUp(1, 2)
    for (const i of [0, 1]) brings(0, i, 51)
    const going = (readers[0] ?? []).filter((reader) => reader.reading)
    expect(going.length).toBe(1)
    for (const reader of going) reader.giveUp()
    expect((readers[0] ?? []).filter((reader) => reader.reading && !going.includes(reader)).length).toBe(1)
  })

  it('slows whoever brings more when all together hold too much, but none that holds little', () => {
    const { readers, brings, unread } = setUp(5, 1)
    brings(0, 0, 100)
    brings(1, 0, 90)
    unread(2, 43)
    unread(3, 18)
    unread(4, 16)
    expect(reading(readers).flat()).toEqual([true, true, true, false, true])
    brings(0, 0, -100)
    expect(reading(readers)[3]).toEqual([false])
    brings(1, 0, -90)
    expect(reading(readers)[3]).toEqual([true])
  })

  it('slows them sooner when it is us that all wait for', () => {
    const { readers, unread } = setUp(4, 1)
    for (const peer of [0, 1]) unread(peer, 62)
    unread(2, 17)
    unread(3, 16)
    expect(reading(readers).flat()).toEqual([true, true, false, true])
    for (const peer of [0, 1]) unread(peer, -62)
    expect(reading(readers)[2]).toEqual([true])
  })

  it('tells streams, those that are there and those to come, whether their peer was asked for blocks', () => {
    const { budget, readers } = setUp(2, 1)
    budget.expect('peer 1', true)
    const late = new TestReader()
    budget.add('peer 1', late)
    expect([...readers.flat(), late].map(({ expected }) => expected)).toEqual([false, true, true])
    budget.expect('peer 1', false)
    expect([...readers.flat(), late].map(({ expected }) => expected)).toEqual([false, false, false])
  })

  it('counts what gathers behind paused streams, and gives up the largest of a peer that goes on', () => {
    const { budget, readers, unread } = setUp(1, 3)
    unread(0, 101)
    for (const [i, reader] of (readers[0] ?? []).entries()) reader.bufferedBytes = (30 + i) * K
    expect(budget.look()).toBe(true)
    expect(budget.heldBytes).toBe(194 * K)
    for (const reader of readers[0] ?? []) reader.bufferedBytes += 5 * K
    budget.look()
    expect(givenUp(readers)).toEqual([false, false, true])
    expect(budget.heldBytes).toBe(172 * K)
    unread(0, -101)
    expect(reading(readers)[0]?.slice(0, 2)).toEqual([false, true])
  })

  it('gives up what stands still when others need the room, and not what gets on, however large', () => {
    const { readers, brings } = setUp(6, 1)
    for (const [peer, lagMs] of [1_500, 3_000, 1_100, 2_000].entries()) {
      const reader = readers[peer]?.[0]
      if (reader !== undefined) reader.lagMs = lagMs
      brings(peer, 0, 40)
    }
    // One that gets on, with more than any of them.
    brings(4, 0, 90)
    expect(givenUp(readers)).toEqual([false, false, false, false, false, false])
    brings(5, 0, 17)
    expect(givenUp(readers)).toEqual([false, true, false, false, false, false])
    expect(reading(readers)[4]).toEqual([true])
  })

  it('gives up what stands still of whoever began many messages before the only one of another', () => {
    const { readers, brings } = setUp(4, 3)
    brings(0, 0, 90)
    for (const peer of [1, 2]) for (const index of [0, 1, 2]) brings(peer, index, 22)
    for (const reader of readers.slice(1).flat()) reader.lagMs = 1_500
    const honest = readers[0]?.[0]
    if (honest !== undefined) honest.lagMs = 3_000
    brings(3, 0, 70)
    expect(givenUp(readers)[0]).toBe(false)
    expect(givenUp(readers).filter((gone) => gone).length).toBe(2)
  })

  it('keeps a large message beside a crowd of unfinished ones: the crowd keeps one message each', () => {
    const { budget, readers, brings } = setUp(8, 4)
    brings(0, 0, 30)
    for (let peer = 1; peer < 8; peer++) {
      // Above the total the large one comes a piece at a time, between those of the others.
      for (const index of [0, 1, 2, 3]) brings(peer, index, 10 + index)
      brings(0, 0, 10)
    }
    expect(readers[0]?.[0]?.partialBytes).toBe(100 * K)
    for (const own of readers.slice(1)) expect(own.at(-1)?.givenUp).toBe(false)
    expect(givenUp(readers).some((gone) => gone)).toBe(true)
    expect(budget.heldBytes).toBeLessThanOrEqual(1.25 * LIMITS.total)
  })

  it('gives up the message that is least far when each has but one, and makes room, but not what is in nobody’s way', () => {
    const { budget, readers, brings } = setUp(8, 1)
    brings(7, 0, 5)
    for (let peer = 0; peer < 7; peer++) brings(peer, 0, 50 - peer)
    expect(givenUp(readers)).toEqual([false, false, false, false, false, true, true, false])
    expect(budget.heldBytes).toBeLessThanOrEqual(LIMITS.total)
  })

  it('gives the next message its turn when the one that might be finished does not get on', () => {
    const { budget, readers, brings } = setUp(1, 3)
    for (const [i, units] of [40, 50, 20].entries()) brings(0, i, units)
    const [first, second, third] = readers[0] ?? []
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were set up')
    second.lagMs = 1_500
    budget.look()
    // Nothing has come behind the others, so that they would do no better.
    expect(reading(readers)).toEqual([[false, true, false]])
    third.bufferedBytes = K
    budget.look()
    expect(reading(readers)).toEqual([[false, false, true]])
    expect(givenUp(readers)).toEqual([false, false, false])
  })

  it('gives up a great many at once', () => {
    const { budget, readers, brings } = setUp(1, 20_000)
    budget.unread('peer 1', 1)
    for (let i = 0; i < 20_000; i++) brings(0, i, 0.01)
    for (const reader of readers[0] ?? []) reader.lagMs = 2_000
    brings(0, 0, 60)
    expect(budget.heldBytes).toBeLessThanOrEqual(LIMITS.total)
  })

  it('keeps a crowd of strangers out of the way of those who were asked for blocks', () => {
    const { budget, readers, brings } = setUp(8, 1)
    budget.expect('peer 7', true)
    for (let peer = 0; peer < 7; peer++) brings(peer, 0, 60)
    brings(7, 0, 99)
    expect(reading(readers)[7]).toEqual([true])
    expect(readers[7]?.[0]?.givenUp).toBe(false)
    const strangers = budget.heldBytes - 99 * K
    expect(strangers).toBeLessThanOrEqual(313 * K)
    // No longer asked, it is one of them.
    budget.expect('peer 7', false)
    expect(budget.heldBytes).toBeLessThanOrEqual(313 * K)
  })

  it('tells a pause that waits for us from one that the peer brought about', () => {
    const { budget, brings, unread } = setUp(2, 1)
    brings(0, 0, 101)
    expect(budget.waitsForUs('peer 0')).toBe(false)
    unread(0, 1)
    expect([budget.waitsForUs('peer 0'), budget.waitsForUs('peer 1')]).toEqual([true, false])
  })

  it('forgets a peer without streams and bytes', () => {
    const { budget, readers, unread } = setUp(1, 1)
    unread(0, 200)
    for (const reader of readers[0] ?? []) budget.remove('peer 0', reader, 0)
    unread(0, -200)
    const late = new TestReader()
    budget.add('peer 0', late)
    expect(late.reading).toBe(true)
    expect(budget.heldBytes).toBe(0)
  })

  it('never stops all streams while nothing waits to be dealt with, and holds about its limit', () => {
    const step = fc.record({
      peer: fc.nat(3),
      reader: fc.nat(2),
      units: fc.integer({ min: 1, max: 40 }),
      end: fc.boolean()
    })
    property(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { budget, readers, brings, unread } = setUp(4, 3)
        for (const { peer, reader: index, units, end } of steps) {
          const reader = readers[peer]?.[index]
          // A paused stream brings nothing more.
          if (reader?.reading !== true || reader.givenUp) continue
          brings(peer, index, units)
          // A frame has 40 units at most; then it is a message, which is dealt with at once.
          if (!end && reader.partialBytes < 40 * K) continue
          const whole = reader.partialBytes / K
          if (whole === 0) continue
          unread(peer, whole)
          brings(peer, index, -whole)
          unread(peer, -whole)
        }
        const alive = readers.flat().filter((reader) => !reader.givenUp)
        expect(alive.some((reader) => reader.reading)).toBe(true)
        expect(budget.heldBytes).toBeLessThanOrEqual(1.25 * LIMITS.total + 80 * K)
        expect(budget.heldBytes).toBe(alive.reduce((sum, reader) => sum + reader.partialBytes, 0))
      })
    )
  })
})
