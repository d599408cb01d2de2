import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventStream, MAX_EVENT_CHARS } from '../../../src/page/feed/event-stream.ts'
import { property } from '../../support/seed.ts'

const TEXT =
  ': hello\n\nevent: snapshot\ndata: {"a":1}\n\ndata: two\ndata: lines\n\r\nevent: change\r\ndata:{}\r\n\r\nevent: none\n\n'

const EVENTS = [
  { event: 'snapshot', data: '{"a":1}' },
  { event: 'message', data: 'two\nlines' },
  { event: 'change', data: '{}' }
]

describe('EventStream', () => {
  it('reads the same events, wherever the text is cut', () => {
    property(
      fc.property(fc.array(fc.integer({ min: 0, max: TEXT.length }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), TEXT.length]
        const stream = new EventStream()
        const events = places.flatMap((place, index) => stream.push(TEXT.slice(place, places[index + 1])))
        expect(events).toEqual(EVENTS)
      })
    )
  })

  it('keeps an event back until its empty line', () => {
    const stream = new EventStream()
    expect(stream.push('data: 1\n')).toEqual([])
    expect(stream.push('\n')).toEqual([{ event: 'message', data: '1' }])
  })

  it('ends what grows beyond all measure, in one line or in many', () => {
    const line = `data: ${'x'.repeat(MAX_EVENT_CHARS / 2)}`
    const many = new EventStream()
    many.push(`${line}\n`)
    expect(() => many.push(`${line}\nx`)).toThrow(RangeError)
    const one = new EventStream()
    one.push(line)
    expect(() => one.push(line)).toThrow('an event is too long')
  })
})
