import { expect, it } from 'vitest'
import { dropOldest } from '../src/drop-oldest.ts'

it('one element too many makes the one added first go, of a map and of a set', () => {
  const map = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3]
  ])
  const set = new Set(map.keys())
  for (const collection of [map, set]) {
    expect(dropOldest(collection, 3)).toBeUndefined()
    expect(collection.size).toBe(3)
    expect(dropOldest(collection, 2)).toBe('a')
    expect([...collection.keys()]).toEqual(['b', 'c'])
  }
  set.delete('b')
  set.add('b')
  expect(dropOldest(set, 1)).toBe('c')
  expect(dropOldest(new Set(), -1)).toBeUndefined()
})
