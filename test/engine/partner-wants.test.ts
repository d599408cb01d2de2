import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PartnerWants } from '../../src/engine/partner-wants.ts'
import { SharedPlaces } from '../../src/engine/shared-places.ts'
import { Want } from '../../src/engine/want.ts'
import type { WantState } from '../../src/engine/want.ts'
import { nameOf, want } from '../support/engine-world.ts'
import { property } from '../support/seed.ts'

let sequence = 0

function make(name: string, priority: number, state: WantState): Want {
  const made = new Want(want(name, { priority }), sequence++)
  made.state = state
  return made
}

function namesOf(wants: PartnerWants): readonly string[] {
  return Array.from(wants.values(), ({ cid }) => nameOf(cid)).sort()
}

describe('PartnerWants', () => {
  it('keeps as many as it may, then lets the least useful go', () => {
    const wants = new PartnerWants(4, new SharedPlaces(0))
    const existing = [
      make('here, low', 1, 'queued'),
      make('missing, high', 9, 'missing'),
      make('missing, low', 2, 'missing'),
      make('unknown', 1, 'looking')
    ]
    for (const each of existing) expect(wants.add(each)).toBeUndefined()
    const gone = [5, 5, 5, 5].map((priority, i) => wants.add(make(`new ${i}`, priority, 'queued')))
    expect(gone.map((each) => each && nameOf(each.cid))).toEqual([
      'missing, low',
      'missing, high',
      'unknown',
      'here, low'
    ])
    expect(namesOf(wants)).toEqual(['new 0', 'new 1', 'new 2', 'new 3'])
  })

  it.each([
    { newcomer: 'missing', priority: 9, isIn: false, why: 'all others are here' },
    { newcomer: 'looking', priority: 9, isIn: false, why: 'it may not be here' },
    { newcomer: 'queued', priority: 4, isIn: false, why: 'its priority is lower' },
    { newcomer: 'queued', priority: 5, isIn: false, why: 'others were first' },
    { newcomer: 'queued', priority: 6, isIn: true, why: 'its priority is higher' }
  ] as const)('a newcomer, $newcomer with $priority: $isIn, since $why', ({ newcomer, priority, isIn }) => {
    const wants = new PartnerWants(2, new SharedPlaces(0))
    wants.add(make('a', 5, 'queued'))
    wants.add(make('b', 5, 'queued'))
    const fresh = make('c', priority, newcomer)
    expect(wants.add(fresh) === fresh).toBe(!isIn)
    expect(wants.size).toBe(2)
  })

  it('ranks anew a want that changed', () => {
    const wants = new PartnerWants(2, new SharedPlaces(0))
    const a = make('a', 9, 'queued')
    wants.add(a)
    wants.add(make('b', 1, 'queued'))
    a.state = 'missing'
    wants.changed(a)
    expect(wants.add(make('c', 1, 'queued'))).toBe(a)
  })

  it('keeps nothing when it may keep nothing', () => {
    const wants = new PartnerWants(0, new SharedPlaces(0))
    const a = make('a', 1, 'queued')
    expect(wants.add(a)).toBe(a)
    expect(wants.size).toBe(0)
  })

  it('lends a shared place to a want whose block may be here, until there is none, and gets it back', () => {
    const shared = new SharedPlaces(2)
    const [ernie, bert] = [new PartnerWants(1, shared), new PartnerWants(1, shared)]
    const all = ['a', 'b', 'c', 'd'].map((name) => make(name, 1, 'queued'))
    const [first] = all
    if (first === undefined) throw new Error('no want')
    const absent = make('absent', 9, 'missing')
    expect(ernie.add(first)).toBeUndefined()
    expect(ernie.add(absent)).toBe(absent)
    expect(all.slice(1).map((each) => ernie.add(each))).toEqual([undefined, undefined, all[3]])
    expect([ernie.size, shared.free]).toEqual([3, 0])
    // Who is better than another in a shared place takes that place.
    expect(ernie.hasRoomFor(make('e', 2, 'queued'))).toBe(true)
    expect(ernie.add(make('e', 2, 'queued'))).toBe(all[2])
    expect([ernie.size, shared.free]).toEqual([3, 0])
    ernie.delete(first)
    expect(shared.free).toBe(1)
    for (const name of ['x', 'y']) expect(bert.add(make(name, 1, 'looking'))).toBeUndefined()
    expect(shared.free).toBe(0)
    ernie.leave()
    ernie.leave()
    bert.leave()
    for (const each of [...ernie.values(), ...bert.values()]) ernie.delete(each)
    expect(shared.free).toBe(2)
  })

  it('never keeps more wants for missing blocks than it may by itself', () => {
    const shared = new SharedPlaces(5)
    const wants = new PartnerWants(2, shared)
    const all = [1, 2, 3, 4].map((priority) => make(`${priority}`, priority, 'looking'))
    for (const each of all) expect(wants.add(each)).toBeUndefined()
    const lost = all.map((each) => {
      each.state = 'missing'
      return wants.missed(each)
    })
    expect(lost).toEqual([all[0], all[1], undefined, undefined])
    expect([wants.size, shared.free]).toEqual([2, 5])
  })

  it('keeps the best of any wants that come, in any order', () => {
    const state = fc.constantFrom<WantState>('missing', 'looking', 'queued')
    const arrivals = fc.array(fc.record({ priority: fc.integer({ min: 0, max: 9 }), state }), { maxLength: 100 })
    property(
      fc.property(arrivals, fc.integer({ min: 1, max: 20 }), (list, limit) => {
        const wants = new PartnerWants(limit, new SharedPlaces(0))
        const all = list.map(({ priority, state }, index) => make(`${index}`, priority, state))
        for (const each of all) wants.add(each)
        const usefulness = { missing: 0, looking: 1, queued: 2 }
        const rank = (each: Want): number => (each.state in usefulness ? usefulness[each.state as 'queued'] : -1)
        all.sort((a, b) => rank(b) - rank(a) || b.priority - a.priority || a.sequence - b.sequence)
        expect(new Set(wants.values())).toEqual(new Set(all.slice(0, limit)))
      })
    )
  })
})
