import { describe, expect, it } from 'vitest'
import { MAX_WAITING, SearchQueue, type Sought } from '../../src/peers/search-queue.ts'
import { cid, key } from '../support/names.ts'

function sought(name: string, isRepeat: boolean): Sought {
  return { cid: cid(name), key: key(name), seekers: new Set(), isRepeat }
}

describe('SearchQueue', () => {
  it('first ones go before repeats, each in the order they came', () => {
    const queue = new SearchQueue()
    const [a, b, c, d] = [sought('a', true), sought('b', false), sought('c', true), sought('d', false)]
    for (const one of [a, b, c, d]) expect(queue.add(one)).toBe(true)
    expect([queue.get(key('c')), queue.hasFirst, queue.size]).toEqual([c, true, 4])
    expect([queue.take(), queue.take(), queue.hasFirst]).toEqual([b, d, false])
    queue.delete(a)
    queue.delete(sought('c', true))
    expect([queue.take(), queue.take()]).toEqual([c, undefined])
  })

  it(`holds ${MAX_WAITING}; beyond, a first one takes the place of the last repeat`, () => {
    const queue = new SearchQueue()
    for (let number = 0; number < MAX_WAITING; number++) queue.add(sought(`w${number}`, number < 2))
    expect(queue.add(sought('repeat', true))).toBe(false)
    expect([queue.add(sought('one', false)), queue.add(sought('two', false))]).toEqual([true, true])
    expect([queue.add(sought('three', false)), queue.size, queue.get(key('w1'))]).toEqual([
      false,
      MAX_WAITING,
      undefined
    ])
  })
})
