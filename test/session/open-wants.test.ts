import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FewSet } from '../../src/few.ts'
import { OpenWants, type OpenWant, type WantPhase } from '../../src/session/open-wants.ts'
import { cid, key, nameOf } from '../support/names.ts'
import { property } from '../support/seed.ts'

const PHASES: readonly WantPhase[] = ['looking', 'ready', 'asked', 'searching']

function open(name: string, phase: WantPhase = 'looking'): OpenWant {
  const shared = {
    cid: cid(name),
    key: key(name),
    told: new Set<never>(),
    wasTold: false,
    claimed: false,
    inFlight: new Map<never, never>()
  }
  return { shared, waiters: new FewSet(), priority: 1, phase, hedged: false }
}

function names(wants: Iterable<OpenWant>): string[] {
  return [...wants].map((want) => nameOf(want.shared.key))
}

describe('OpenWants', () => {
  it('keeps ready wants in the order they became ready, those that come back before the fresh ones', () => {
    const wants = new OpenWants()
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => open(name, 'ready'))
    for (const want of [a, b, c, d]) if (want !== undefined) wants.add(want)
    if (c !== undefined) wants.move(c, 'asked')
    if (b !== undefined) wants.move(b, 'searching')
    expect(names(wants.ready)).toEqual(['a', 'd'])
    for (const want of [c, b, a]) if (want !== undefined) wants.move(want, 'ready')
    expect([names(wants.ready), wants.readyCount]).toEqual([['c', 'b', 'a', 'd'], 4])
  })

  it('puts off one that came back, too, behind the fresh ones', () => {
    const wants = new OpenWants()
    const a = open('a', 'asked')
    for (const want of [a, open('b', 'ready')]) wants.add(want)
    wants.move(a, 'ready')
    wants.postpone(a)
    expect([names(wants.ready), wants.readyCount]).toEqual([['b', 'a'], 2])
    wants.remove(key('a'))
    expect([names(wants.ready), wants.readyCount]).toEqual([['b'], 1])
  })

  it('puts off a ready want behind the others, and no other want', () => {
    const wants = new OpenWants()
    const [a, b] = [open('a', 'ready'), open('b', 'asked')]
    for (const want of [a, b, open('c', 'ready')]) wants.add(want)
    wants.postpone(a)
    wants.postpone(b)
    expect([names(wants.ready), b.phase]).toEqual([['c', 'a'], 'asked'])
  })

  it('gives out a want once', () => {
    const wants = new OpenWants()
    wants.add(open('a', 'asked'))
    expect(wants.remove(key('a'))?.shared.cid).toEqual(cid('a'))
    expect(wants.remove(key('a'))).toBeUndefined()
    expect([wants.size, wants.asked]).toEqual([0, 0])
  })

  it('invariant 1: every open want is in exactly one phase, whatever happens', () => {
    const anyStep = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      act: fc.constantFrom(...PHASES, 'remove' as const, 'postpone' as const)
    })
    const rule = fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
      const wants = new OpenWants()
      const model = new Map<string, WantPhase>()
      for (const { name, act } of steps) {
        const known = wants.get(key(name))
        if (act === 'remove') {
          wants.remove(key(name))
          model.delete(name)
        } else if (act === 'postpone') {
          if (known !== undefined) wants.postpone(known)
        } else {
          if (known === undefined) wants.add(open(name, act))
          else wants.move(known, act)
          model.set(name, act)
        }
        const inPhase = (phase: WantPhase): string[] => [...model].filter(([, at]) => at === phase).map(([one]) => one)
        expect(names(wants.ready).sort()).toEqual(inPhase('ready').sort())
        expect(names(wants.searching).sort()).toEqual(inPhase('searching').sort())
        expect(wants.asked).toBe(inPhase('asked').length)
        expect(names(wants.values()).sort()).toEqual([...model.keys()].sort())
        expect(wants.size).toBe(model.size)
      }
    })
    property(rule)
  })
})
