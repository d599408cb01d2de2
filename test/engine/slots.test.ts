import { describe, expect, it } from 'vitest'
import { Slots } from '../../src/engine/slots.ts'
import type { SlotHolder, SlotUser } from '../../src/engine/slots.ts'

const KIB = 1024

function partner(pace = 0, tookAt = -Infinity): SlotUser {
  return { pace, tookAt, lentAt: -Infinity }
}

interface Taking {
  readonly by?: SlotUser
  readonly bytes?: number
  readonly lent?: boolean
}

function take(
  slots: Slots<SlotHolder>,
  startedAt: number,
  { by = partner(), bytes = 256 * KIB, lent = false }: Taking = {}
) {
  const holder: SlotHolder = { partner: by, bytes, startedAt, lent }
  slots.take(holder)
  return holder
}

describe('Slots', () => {
  it('counts what is under way', () => {
    const slots = new Slots(2)
    const a = take(slots, 0)
    take(slots, 0)
    expect([slots.free, slots.size]).toEqual([0, 2])
    expect(slots.release(a, true, 10)).toBe(true)
    expect(slots.release(a, true, 10)).toBe(false)
    expect([slots.free, slots.size]).toEqual([1, 1])
  })

  it('has one slot at least', () => {
    expect(new Slots(0).free).toBe(1)
  })

  it('lends all slots of a partner once another took its own several times as fast', () => {
    const slots = new Slots(3)
    const by = partner()
    const slow = [take(slots, 0, { by }), take(slots, 0, { by })]
    slots.release(take(slots, 100), true, 200)
    take(slots, 400)
    expect(slots.nextLendAt()).toBe(500)
    expect(slots.lend(499)).toEqual([])
    expect(slots.lend(500)).toEqual(slow)
    expect([slots.free, slots.size, slow[0]?.lent]).toEqual([2, 3, true])
    for (const holder of slow) slots.release(holder, true, 5_000)
    expect([slots.free, slots.size]).toEqual([2, 1])
  })

  it('judges by bytes: what is larger may take longer, and what waits behind its own is no slower', () => {
    const slots = new Slots(3)
    const by = partner()
    const [first, second] = [take(slots, 0, { by }), take(slots, 0, { by })]
    slots.release(first, true, 2_000)
    slots.release(second, true, 4_000)
    expect(by.pace).toBeCloseTo((256 * KIB) / 2_000)
    const large = take(slots, 4_000, { bytes: 1024 * KIB })
    const small = take(slots, 4_000)
    slots.release(take(slots, 4_000), true, 5_500)
    // Four times 1.5 s, and four times 6 s.
    expect(slots.lend(10_100)).toEqual([small])
    slots.release(take(slots, 10_100), true, 11_600)
    expect(slots.lend(28_100)).toEqual([large])
  })

  it('calls nobody slow where all are: one slot is lent to see, at longer and longer intervals', () => {
    const slots = new Slots(4)
    // Each takes 13 s for a message, as they have done before.
    const slow = Array.from({ length: 4 }, () => partner(20, 0))
    for (const by of slow) take(slots, 0, { by })
    const lent: number[] = []
    for (let now = 500; now < 13_000; now += 500) {
      if (slots.lend(now).length === 0) continue
      lent.push(now)
      take(slots, now, { by: partner(20, now) })
    }
    expect(lent).toEqual([500, 1_000, 2_000, 4_000, 8_000])
  })

  it('does not take a slow line for a stall after small messages, which any line takes quickly', () => {
    const slots = new Slots(8)
    const peers = Array.from({ length: 8 }, () => partner())
    for (const by of peers) slots.release(take(slots, 0, { by, bytes: KIB }), true, 8)
    for (const by of peers) take(slots, 8, { by })
    let lent = 0
    for (let now = 508; now <= 8_008; now += 500) lent += slots.lend(now).length
    // To see what happens, after half a second, and one, two and four more.
    expect(lent).toBe(5)
  })

  it('lends the others when the one that was lent goes to somebody fast', () => {
    const slots = new Slots(4)
    const slow = Array.from({ length: 4 }, () => partner(20, 0))
    for (const by of slow) take(slots, 0, { by })
    expect(slots.lend(500)).toHaveLength(1)
    slots.release(take(slots, 500, { bytes: KIB }), true, 510)
    expect(slots.lend(1_000)).toHaveLength(3)
    expect(slow.map((by) => slots.wouldSit(by, 1_000))).toEqual(Array(4).fill(true))
  })

  it('where nothing gets through, lends one slot, then twice as many each time', () => {
    const slots = new Slots(8)
    for (let i = 0; i < 8; i++) take(slots, 0)
    expect(slots.nextLendAt()).toBe(500)
    const lent = [500, 1_000, 1_500, 2_000].map((now) => slots.lend(now).length)
    expect(lent).toEqual([1, 2, 4, 1])
    expect(slots.free).toBe(8)
    expect(slots.nextLendAt()).toBeUndefined()
  })

  it('starts over with one when something got through, of those that are far slower than they were', () => {
    const slots = new Slots(8)
    const before = Array.from({ length: 8 }, () => partner(100, 0))
    const holders = before.map((by) => take(slots, 0, { by }))
    // 256 KiB at 100 bytes a millisecond, four times over; and somebody still keeps to it.
    expect([10_000, 10_600, 11_100].map((now) => slots.lend(now).length)).toEqual([1, 1, 2])
    const last = holders.at(-1)
    if (last !== undefined) slots.release(last, true, 11_200)
    expect(slots.lend(11_600)).toHaveLength(1)
  })

  it('a partner that took something since its slot was lent is no longer expected to sit on another', () => {
    const slots = new Slots(1)
    const by = partner()
    const holder = take(slots, 0, { by })
    expect(slots.lend(500)).toEqual([holder])
    expect(slots.wouldSit(by, 600)).toBe(true)
    slots.release(holder, true, 700)
    expect(slots.wouldSit(by, 800)).toBe(false)
  })

  it('takes no slot for who is born lent', () => {
    const slots = new Slots(1)
    const lent = take(slots, 0, { lent: true })
    expect([slots.free, slots.size]).toEqual([1, 1])
    slots.release(lent, false, 1)
    expect([slots.free, slots.size]).toEqual([1, 0])
  })
})
