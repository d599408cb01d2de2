import { describe, expect, it } from 'vitest'
import { Slots } from '../../src/engine/slots.ts'
import type { SlotHolder } from '../../src/engine/slots.ts'

function take(slots: Slots<SlotHolder>, startedAt: number, lent = false): SlotHolder {
  const holder = { startedAt, lent }
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

  it('lends the slot of a slow write once later ones got through', () => {
    const slots = new Slots(2)
    const slow = take(slots, 0)
    slots.release(take(slots, 100), true, 200)
    take(slots, 400)
    expect(slots.nextLendAt()).toBe(500)
    expect(slots.lend(499)).toEqual([])
    expect(slots.lend(500)).toEqual([slow])
    expect([slots.free, slots.size, slow.lent]).toEqual([1, 2, true])
    slots.release(slow, true, 5_000)
    expect([slots.free, slots.size]).toEqual([1, 1])
  })

  it('does not call a write slow that takes as long as others do', () => {
    const slots = new Slots(2)
    for (let i = 0; i < 50; i++) slots.release(take(slots, i * 2_000), true, i * 2_000 + 2_000)
    take(slots, 99_000)
    expect(slots.lend(106_900)).toEqual([])
    expect(slots.lend(107_100)).toHaveLength(1)
  })

  it('where nothing gets through, lends one slot, then twice as many each time', () => {
    const slots = new Slots(8)
    for (let i = 0; i < 8; i++) take(slots, 0)
    expect(slots.nextLendAt()).toBe(500)
    const lent = [500, 750, 1_000, 1_500, 2_000].map((now) => slots.lend(now).length)
    expect(lent).toEqual([1, 0, 2, 4, 1])
    expect(slots.free).toBe(8)
    expect(slots.nextLendAt()).toBeUndefined()
  })

  it('starts over with one when something got through', () => {
    const slots = new Slots(8)
    const holders = Array.from({ length: 8 }, () => take(slots, 0))
    slots.lend(1_000)
    slots.lend(2_000)
    const last = holders.at(-1)
    if (last !== undefined) slots.release(last, true, 2_100)
    // All the others began no later than the one that got through, and it took 2.1 s: four times that is slow.
    expect(slots.lend(8_000)).toEqual([])
    expect(slots.lend(8_400)).toHaveLength(4)
  })

  it('takes no slot for who is born lent', () => {
    const slots = new Slots(1)
    const lent = take(slots, 0, true)
    expect([slots.free, slots.size]).toEqual([1, 1])
    slots.release(lent, false, 1)
    expect([slots.free, slots.size]).toEqual([1, 0])
  })
})
