import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventHeap } from '../../src/simulation/event-heap.ts'
import { property } from '../support/seed.ts'

describe('EventHeap', () => {
  it('is empty at first', () => {
    const heap = new EventHeap()
    expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined])
  })

  it('gives events by time, and by sequence at the same time', () => {
    property(
      fc.property(fc.array(fc.nat(9)), (times) => {
        const heap = new EventHeap<{ atMicros: number; sequence: number }>()
        const events = times.map((atMicros, sequence) => ({ atMicros, sequence }))
        for (const event of events) heap.push(event)
        const popped = Array.from(events, () => heap.pop())
        expect(popped).toEqual(events.toSorted((a, b) => a.atMicros - b.atMicros || a.sequence - b.sequence))
        expect(heap.size).toBe(0)
      })
    )
  })

  it('keeps its order when pushes, pops and sweeps mix', () => {
    const step = fc.oneof(fc.nat(99), fc.constant('pop' as const), fc.constant('keep even' as const))
    property(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new EventHeap<{ atMicros: number; sequence: number }>()
        let model: { atMicros: number; sequence: number }[] = []
        for (const [sequence, what] of steps.entries()) {
          if (what === 'pop') {
            expect(heap.pop()).toEqual(model.shift())
          } else if (what === 'keep even') {
            heap.keep((event) => event.atMicros % 2 === 0)
            model = model.filter((event) => event.atMicros % 2 === 0)
          } else {
            heap.push({ atMicros: what, sequence })
            model.push({ atMicros: what, sequence })
            model.sort((a, b) => a.atMicros - b.atMicros || a.sequence - b.sequence)
          }
          expect([heap.size, heap.peek()]).toEqual([model.length, model[0]])
        }
      })
    )
  })
})
