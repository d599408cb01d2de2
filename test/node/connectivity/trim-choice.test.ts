import { describe, expect, it } from 'vitest'
import { chooseToClose, type ConnectionView } from '../../../src/node/connectivity/trim-choice.ts'

const LIMITS = { lowWater: 2, highWater: 3, gracePeriodMs: 1_000 }
const view = (id: string, part: Partial<ConnectionView> = {}): ConnectionView => ({
  id,
  ageMs: 5_000,
  direction: 'inbound',
  streams: 0,
  value: 0,
  isProtected: false,
  ...part
})
const chosen = (...views: ConnectionView[]): string[] => chooseToClose(views, LIMITS).map(({ id }) => id)

describe('which connections are closed', () => {
  it('none, as long as there are not too many', () => {
    expect(chosen(view('a'), view('b'), view('c'))).toEqual([])
  })

  it.each<[string, Partial<ConnectionView>]>([
    ['of least worth', { value: 10 }],
    ['idle', { streams: 1 }],
    ['inbound', { direction: 'outbound' }],
    ['young', { ageMs: 9_000 }]
  ])('first those that are %s', (_what, better) => {
    expect(chosen(view('good', better), view('bad'), view('better', better), view('worse'))).toEqual(['bad', 'worse'])
  })

  it('none in the place of a very young one that is worth less', () => {
    const young = ['x', 'y', 'z'].map((id) => view(id, { ageMs: 10, value: 1 }))
    expect(chosen(view('partner', { value: 2 }), view('junk', { value: 1 }), ...young)).toEqual(['junk'])
  })

  it('by worth before all else', () => {
    const valued = view('valued', { value: 1, ageMs: 1_000 })
    const busy = view('busy', { streams: 9, direction: 'outbound', ageMs: 1e9 })
    expect(chosen(valued, busy, view('kept', { value: 5 }), view('idle'))).toEqual(['idle', 'busy'])
  })

  it('never a protected one, nor one that is too young to be judged', () => {
    const safe = [view('a', { isProtected: true }), view('b', { isProtected: true }), view('c', { ageMs: 999 })]
    expect(chosen(...safe, view('d'))).toEqual(['d'])
    expect(chosen(...safe, view('e', { ageMs: 0 }))).toEqual([])
  })
})
