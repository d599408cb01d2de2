import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pace, type Ask, type PaceOptions } from '../../src/peers/pace.ts'
import { property } from '../support/seed.ts'

const OPTIONS: PaceOptions = {
  initialWindow: 32,
  maxWindow: 1_000,
  horizonMs: 250,
  stallRoundTrips: 8,
  minStallMs: 1_000,
  maxStallMs: 7_000
}

/** Keeps `window` blocks in flight at a peer that sends one block every `1 / rate` ms after a trip; returns the end. */
function transfer(pace: Pace, blocks: number, { rate = 1, tripMs = 20, bytes = 1_000, start = 0 } = {}): number {
  const inFlight: { readonly ask: Ask; readonly due: number }[] = []
  let now = start
  let lineFree = start
  for (let done = 0; done < blocks; done++) {
    while (pace.hasSlack() && done + inFlight.length < blocks) {
      lineFree = Math.max(lineFree, now + tripMs / 2) + 1 / rate
      inFlight.push({ ask: pace.asked(now), due: lineFree + tripMs / 2 })
    }
    const next = inFlight.shift()
    if (next === undefined) throw new Error('a window with no room at all')
    now = next.due
    pace.delivered(next.ask, bytes, now)
  }
  return now
}

describe('Pace, counting', () => {
  it('counts what is owed, and never below nothing', () => {
    const pace = new Pace(OPTIONS)
    const ask = pace.asked(0)
    pace.asked(0)
    expect(pace.outstanding).toBe(2)
    pace.delivered(ask, 10, 5)
    pace.settled()
    pace.settled()
    expect(pace.outstanding).toBe(0)
  })

  it('says when the peer begins to owe, and whenever it owes less', () => {
    const said: boolean[] = []
    const pace = new Pace(OPTIONS, { owes: (owes) => void said.push(owes) })
    const ask = pace.asked(0)
    pace.asked(0)
    pace.delivered(ask, 1, 1)
    expect(said).toEqual([true, true])
    pace.settled()
    pace.asked(2)
    expect(said).toEqual([true, true, false, true])
  })

  it('owes exactly while something is outstanding, whatever happens', () => {
    const rule = fc.property(
      fc.array(fc.constantFrom('ask', 'deliver', 'settle', 'hear', 'stall'), { maxLength: 60, size: 'max' }),
      (steps) => {
        let owes = false
        const pace = new Pace(OPTIONS, {
          owes: (now) => {
            owes = now
          }
        })
        let ask: Ask = { at: 0, delivered: 0 }
        for (const [now, step] of steps.entries()) {
          if (step === 'ask') ask = pace.asked(now)
          else if (step === 'deliver') pace.delivered(ask, 100, now)
          else if (step === 'settle') pace.settled()
          else if (step === 'hear') pace.heard(now)
          else pace.stall(now)
          expect(owes).toBe(pace.outstanding > 0)
          expect(pace.window()).toBeGreaterThanOrEqual(1)
          expect(pace.window()).toBeLessThanOrEqual(OPTIONS.maxWindow)
          expect(pace.expectedFinishMs()).toBeGreaterThan(0)
          expect(Number.isFinite(pace.expectedFinishMs())).toBe(true)
        }
      }
    )
    property(rule)
  })
})

describe('Pace, the window', () => {
  it('is the initial one until something is known', () => {
    const pace = new Pace(OPTIONS)
    for (let i = 0; i < 31; i++) pace.asked(0)
    expect(pace.hasSlack()).toBe(true)
    pace.asked(0)
    expect(pace.hasSlack()).toBe(false)
  })

  it.each<[rate: number, tripMs: number]>([
    [0.1, 20],
    [1, 5],
    [1, 100],
    [5, 20]
  ])('learns to keep a line of %d blocks a millisecond full over a trip of %d ms', (rate, tripMs) => {
    const pace = new Pace({ ...OPTIONS, maxWindow: 100_000 })
    const blocks = Math.ceil(rate * 3_000)
    const learned = transfer(pace, blocks, { rate, tripMs })
    const end = transfer(pace, blocks, { rate, tripMs, start: learned })
    expect((end - learned) / (blocks / rate)).toBeLessThan(1.15)
    expect(pace.blocksPerSecond).toBeGreaterThan(rate * 800)
    expect(pace.blocksPerSecond).toBeLessThan(rate * 1_500)
  })

  it('is bounded by its maximum, and by the bytes that a slow consumer may have to hold', () => {
    const small = new Pace(OPTIONS)
    transfer(small, 20_000, { rate: 100 })
    expect(small.window()).toBe(1_000)
    const large = new Pace(OPTIONS)
    transfer(large, 5_000, { rate: 100, bytes: 2 * 1024 * 1024 })
    expect(large.window()).toBeLessThanOrEqual(33)
  })

  it('shrinks after a stall', () => {
    const pace = new Pace(OPTIONS)
    const now = transfer(pace, 5_000, { rate: 1 })
    const before = pace.blocksPerSecond
    pace.stall(now)
    expect(pace.blocksPerSecond).toBeCloseTo(before / 2)
  })

  it('prefers the peer that is expected to finish first', () => {
    const [fast, slow] = [new Pace(OPTIONS), new Pace(OPTIONS)]
    transfer(fast, 200, { rate: 2 })
    transfer(slow, 40, { rate: 0.2 })
    expect(fast.expectedFinishMs()).toBeLessThan(slow.expectedFinishMs())
    for (let i = 0; i < 200; i++) fast.asked(0)
    expect(fast.expectedFinishMs()).toBeGreaterThan(slow.expectedFinishMs())
  })

  it('knows the shortest trip, and takes the word of the transport to begin with', () => {
    const pace = new Pace(OPTIONS)
    pace.roundTrip(80)
    expect(pace.roundTripMs).toBe(80)
    pace.delivered(pace.asked(1_000), 10, 1_030)
    expect(pace.roundTripMs).toBe(30)
    pace.delivered(pace.asked(1_030), 10, 1_130)
    expect(pace.roundTripMs).toBeGreaterThan(30)
    expect(pace.roundTripMs).toBeLessThan(35)
  })

  it('a transport that says nothing took time is not believed', () => {
    const pace = new Pace(OPTIONS)
    pace.roundTrip(0)
    expect(pace.roundTripMs).toBeGreaterThan(0)
  })
})

describe('Pace, stalling', () => {
  it('never while nothing is owed', () => {
    const pace = new Pace(OPTIONS)
    expect(pace.stalledAt()).toBe(Infinity)
    pace.asked(0)
    pace.settled()
    expect(pace.stalledAt()).toBe(Infinity)
  })

  it.each<[name: string, tripMs: number | undefined, waitMs: number]>([
    ['an unknown peer has the longest time', undefined, 7_000],
    ['a near one that of two batches of a slow peer', 5, 3_040],
    ['one in between eight of its round trips more', 400, 6_200],
    ['a far one the longest', 5_000, 7_000]
  ])('%s', (_name, tripMs, waitMs) => {
    const pace = new Pace(OPTIONS)
    if (tripMs !== undefined) pace.roundTrip(tripMs)
    pace.asked(100)
    expect(pace.stalledAt()).toBe(100 + waitMs)
  })

  it('counts from the last word of the peer, not from the question', () => {
    const pace = new Pace(OPTIONS)
    pace.roundTrip(5)
    pace.asked(0)
    pace.asked(900)
    expect(pace.stalledAt()).toBe(3_040)
    pace.heard(950)
    expect(pace.stalledAt()).toBe(3_990)
  })

  it('one that is measured and quick has the shortest time', () => {
    const pace = new Pace(OPTIONS)
    const now = transfer(pace, 50, { rate: 10, bytes: 16 * 1024, tripMs: 5 })
    pace.asked(now)
    expect(pace.stalledAt()).toBe(now + 1_000)
  })

  it('a silence that was no stall is not taken for one again, up to the longest wait, and is forgotten in time', () => {
    const pace = new Pace(OPTIONS)
    pace.roundTrip(5)
    let now = 0
    for (const silentMs of [3_200, 12_000]) {
      pace.asked(now)
      expect(pace.stalledAt() - now).toBeLessThan(silentMs)
      pace.stall(now + silentMs - 1)
      pace.settled()
      now += silentMs
      pace.heard(now)
      pace.asked(now)
      expect(pace.stalledAt() - now).toBe(Math.min(2 * silentMs, 7_000))
      pace.settled()
    }
    for (const end = now + 15_000; now < end; now += 5) pace.delivered(pace.asked(now), 16 * 1024, now + 5)
    pace.asked(now)
    expect(pace.stalledAt() - now).toBe(1_000)
    // What was silent for long while it owed nothing was not slow.
    const idle = new Pace(OPTIONS)
    idle.roundTrip(5)
    idle.heard(10_000)
    idle.asked(10_000)
    expect(idle.stalledAt()).toBe(13_040)
  })

  it('a pace seen with small blocks is not expected of large ones', () => {
    const pace = new Pace(OPTIONS)
    let now = transfer(pace, 100, { rate: 1, bytes: 200, tripMs: 20 })
    const quick = pace.expectedFinishMs()
    const asks = Array.from({ length: 8 }, () => pace.asked(now))
    now += 600
    for (const ask of asks) pace.delivered(ask, 64 * 1024, now)
    expect(quick).toBeLessThan(30)
    expect(pace.bytesPerSecond).toBeLessThan(2 * ((8 * 64 * 1024) / 0.6))
    expect(pace.expectedFinishMs()).toBeGreaterThan(50)
  })

  it('gives a slow peer with large batches the time of two of them', () => {
    const pace = new Pace({ ...OPTIONS, maxStallMs: 60_000 })
    const now = transfer(pace, 50, { rate: 0.01, bytes: 16 * 1024, tripMs: 5 })
    pace.asked(now)
    // A batch is 16 blocks of 16 KiB, a hundred milliseconds each.
    expect(pace.stalledAt() - now).toBeGreaterThan(2 * 16 * 100 * 0.7)
  })

  it('leaves a stalled peer alone for longer each time, until it speaks', () => {
    const pace = new Pace(OPTIONS)
    const restsMs: number[] = []
    let now = 0
    for (let i = 0; i < 6; i++) {
      pace.stall(now)
      const start = now
      while (pace.isStalled(now)) now += 1_000
      restsMs.push(now - start)
    }
    expect(restsMs).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    pace.stall(now)
    pace.heard(now)
    expect(pace.isStalled(now)).toBe(false)
    pace.stall(now)
    expect(pace.isStalled(now + 4_999)).toBe(true)
    expect(pace.isStalled(now + 5_000)).toBe(false)
  })
})

describe('Pace, while a message is on its way', () => {
  const MIB = 1024 * 1024

  /** Parts of a message of 1 MiB, four times a second, at so many bytes a second; returns when the peer counts as stalled. */
  function stallsAt(bytesPerMs: number, forMs: number): number {
    const pace = new Pace(OPTIONS)
    pace.asked(0)
    for (let ms = 250; ms <= forMs; ms += 250) pace.receiving({ bytes: bytesPerMs * ms, totalBytes: MIB, ms }, ms)
    return pace.stalledAt()
  }

  it('is not silent, however long the message takes, as long as it gets on', () => {
    expect(stallsAt(100, 10_000)).toBe(10_000 + 7_000)
    expect(stallsAt(40, 25_000)).toBe(25_000 + 7_000)
    // As long as the network takes it.
    expect(stallsAt(2, 500_000)).toBe(500_000 + 7_000)
  })

  it('does not count what gets on too slowly ever to be of use', () => {
    expect(stallsAt(1.7, 6_000)).toBe(7_000)
    const pace = new Pace(OPTIONS)
    pace.asked(0)
    // Half of it at once, and then a byte now and then.
    for (let ms = 250; ms <= 60_000; ms += 250) pace.receiving({ bytes: MIB / 2 + ms, totalBytes: MIB, ms }, ms)
    expect(pace.stalledAt()).toBeLessThan(10_000)
  })

  it('is expected to need as long for the next block; until something arrives', () => {
    const pace = new Pace(OPTIONS)
    const ask = pace.asked(0)
    pace.receiving({ bytes: MIB / 4, totalBytes: MIB, ms: 2_500 }, 2_600)
    expect(pace.expectedFinishMs()).toBe(10_000)
    pace.delivered(ask, 1_000, 3_000)
    expect(pace.expectedFinishMs()).toBeLessThan(7_000)
  })

  it('owes nothing by it: a peer that was not asked gains nothing', () => {
    const pace = new Pace(OPTIONS)
    pace.receiving({ bytes: 1, totalBytes: 2, ms: 300 }, 300)
    expect([pace.stalledAt(), pace.expectedFinishMs()]).toEqual([Infinity, new Pace(OPTIONS).expectedFinishMs()])
  })
})

describe('what is expected of a peer with a long queue of ours', () => {
  /** Of ten blocks asked for at once, four have come, one in ten seconds. */
  function slow() {
    const pace = new Pace(OPTIONS)
    const asks = Array.from({ length: 10 }, () => pace.asked(0))
    asks.slice(0, 4).forEach((ask, index) => pace.delivered(ask, 1024 * 1024, (index + 1) * 10_000))
    return { pace, ask: asks[9] ?? pace.asked(0) }
  }

  it('its own queue is not counted as a long way as well', () => {
    expect(slow().pace.expectedFinishMs() / 10_000).toBeCloseTo(7, 0)
  })

  it('a block asked for with the first takes as long as all of them', () => {
    const { pace, ask } = slow()
    expect(pace.expectedInAllMs(ask) / 10_000).toBeCloseTo(11, 0)
  })

  it('two batches may be under way, of a block each where blocks are large', () => {
    expect(slow().pace.underWay()).toBe(2)
  })
})
