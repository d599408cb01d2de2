import { describe, expect, it } from 'vitest'
import { PresenceQueue } from '../../src/engine/presence-queue.ts'
import type { Presence } from '../../src/message/message.ts'
import { cidOf, keyOf, nameOf } from '../support/engine-world.ts'

function presence(name: string, have = true): Presence {
  return { cid: cidOf(name), key: keyOf(name), have }
}

function names(presences: readonly Presence[]): readonly string[] {
  return presences.map(({ cid, have }) => `${nameOf(cid)}${have ? '' : '?'}`)
}

describe('PresenceQueue', () => {
  it('holds one for each key, the latest', () => {
    const queue = new PresenceQueue(10)
    queue.add(presence('a', false))
    queue.add(presence('b'))
    queue.add(presence('a', true))
    queue.delete(keyOf('b'))
    expect(names(queue.take(10))).toEqual(['a'])
  })

  it('takes the oldest for a message, and the rest for the next', () => {
    const queue = new PresenceQueue(10)
    for (const name of ['a', 'b', 'c']) queue.add(presence(name))
    expect([names(queue.take(2)), names(queue.take(2)), names(queue.take(2))]).toEqual([['a', 'b'], ['c'], []])
    expect(queue.messages).toBe(2)
  })

  it('is bounded, counting those that are being written', () => {
    const queue = new PresenceQueue(3)
    expect(['a', 'b', 'c', 'd'].map((name) => queue.add(presence(name)))).toEqual([true, true, true, false])
    expect(queue.add(presence('a', false))).toBe(true)
    const taken = queue.take(2)
    expect(queue.add(presence('d'))).toBe(false)
    queue.done(taken)
    expect(['d', 'e', 'f'].map((name) => queue.add(presence(name)))).toEqual([true, true, false])
    expect(queue.messages).toBe(0)
  })

  it('puts back what could not be written, unless it is out of date', () => {
    const queue = new PresenceQueue(10)
    for (const name of ['a', 'b', 'c']) queue.add(presence(name, false))
    const taken = queue.take(3)
    queue.add(presence('b', true))
    queue.failed(taken, ({ key }) => key !== keyOf('c'))
    expect(names(queue.take(10))).toEqual(['b', 'a?'])
    expect(queue.messages).toBe(1)
  })

  it('holds one for each CID of the same bytes', () => {
    const queue = new PresenceQueue(10)
    for (const have of [false, true]) {
      for (const codec of [0x55, 0x70]) queue.add({ cid: cidOf('a', codec), key: keyOf('a'), have })
    }
    const taken = queue.take(10)
    expect(taken.map(({ cid, have }) => [cid.code, have])).toEqual([
      [0x55, true],
      [0x70, true]
    ])
    queue.failed(taken, () => true)
    expect(queue.take(10)).toEqual(taken)
  })
})
