import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FewMap, FewSet } from '../src/few.ts'
import { property } from './support/seed.ts'

const name = fc.constantFrom('a', 'b', 'c')
const step = fc.record({ what: fc.constantFrom('add', 'delete', 'delete', 'clear'), name })

it('a few set does what a set does', () => {
  property(
    fc.property(fc.array(step), (steps) => {
      const few = new FewSet<string>()
      const set = new Set<string>()
      for (const { what, name } of steps) {
        if (what === 'add') {
          few.add(name)
          set.add(name)
        } else if (what === 'delete') expect(few.delete(name)).toBe(set.delete(name))
        else {
          few.clear()
          set.clear()
        }
        expect([[...few], few.size, few.has('a'), few.has('b')]).toEqual([
          [...set],
          set.size,
          set.has('a'),
          set.has('b')
        ])
      }
    })
  )
})

it('what is in a few set or map can be visited, in the order of adding', () => {
  property(
    fc.property(fc.uniqueArray(name), (names) => {
      const few = new FewSet<string>()
      const map = new FewMap<string, { readonly of: string }>()
      for (const one of names) {
        few.add(one)
        map.set(one, { of: one })
      }
      const seen: (readonly string[])[] = [[], []]
      few.forEach((one) => void (seen[0] = [...(seen[0] ?? []), one]))
      map.forEach((value, key) => void (seen[1] = [...(seen[1] ?? []), value.of === key ? key : 'another']))
      expect([...seen, [...map.keys()], [...map.values()].map((value) => value.of)]).toEqual([
        names,
        names,
        names,
        names
      ])
    })
  )
})

it('a few map does what a map does', () => {
  property(
    fc.property(fc.array(step), (steps) => {
      const few = new FewMap<string, object>()
      const map = new Map<string, object>()
      for (const [at, { what, name }] of steps.entries()) {
        if (what === 'add') {
          few.set(name, { at })
          map.set(name, { at })
        } else expect(few.delete(name)).toBe(map.delete(name))
        expect([[...few], few.size, few.has('a'), few.get('b')]).toEqual([
          [...map],
          map.size,
          map.has('a'),
          map.get('b')
        ])
      }
    })
  )
})

it.each([
  ['one', ['a']],
  ['several', ['a', 'b', 'c']]
])('elements can be taken out of %s while all are looked at', (_, names) => {
  const set = new FewSet<string>()
  const map = new FewMap<string, object>()
  for (const each of names) {
    set.add(each)
    map.set(each, {})
  }
  const seen: string[] = []
  for (const each of set) {
    set.delete(each)
    seen.push(each)
  }
  for (const [each] of map) {
    map.delete(each)
    seen.push(each)
  }
  expect([seen, set.size, map.size]).toEqual([[...names, ...names], 0, 0])
})
