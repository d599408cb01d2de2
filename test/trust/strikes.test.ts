import { describe, expect, it } from 'vitest'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import { Strikes } from '../../src/trust/strikes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

function strikes(count: number, at: number, of = new Strikes(DEFAULT_OPTIONS.trust)): Strikes {
  for (let i = 0; i < count; i++) of.strike('it lied', at)
  return of
}

describe('Strikes', () => {
  it('three within ten minutes ban a peer for a quarter of an hour', () => {
    const peer = strikes(2, 1_000)
    expect([peer.leftMs(1_000), peer.count(1_000)]).toEqual([0, 2])
    expect(peer.strike('it lied', 1_000)).toBe(true)
    expect([peer.leftMs(1_000), peer.reason, peer.bans]).toEqual([15 * MINUTE_MS, 'it lied', 1])
    expect(peer.leftMs(1_000 + 15 * MINUTE_MS)).toBe(0)
  })

  it('are forgiven when they are far apart', () => {
    const peer = new Strikes(DEFAULT_OPTIONS.trust)
    for (let i = 0; i < 20; i++) expect(peer.strike('clumsy', i * 6 * MINUTE_MS)).toBe(false)
  })

  it('each ban is twice as long as the one before, up to a day; a week of good conduct begins anew', () => {
    const peer = new Strikes(DEFAULT_OPTIONS.trust)
    const hours: number[] = []
    let now = 0
    for (let i = 0; i < 9; i++) {
      strikes(3, now, peer)
      hours.push(peer.leftMs(now) / HOUR_MS)
      now += peer.leftMs(now) + 1
    }
    expect(hours).toEqual([0.25, 0.5, 1, 2, 4, 8, 16, 24, 24])
    now += 7 * DAY_MS
    expect(strikes(3, now, peer).leftMs(now)).toBe(15 * MINUTE_MS)
  })

  it('a strike during a ban does not shorten or lengthen it', () => {
    const peer = strikes(3, 0)
    strikes(5, MINUTE_MS, peer)
    expect([peer.leftMs(MINUTE_MS), peer.bans]).toEqual([14 * MINUTE_MS, 1])
  })

  it.each(['lifted', 'written down'] as const)('a ban that was %s is forgiven like any other', (how) => {
    const peer = strikes(3, 0)
    if (how === 'lifted') peer.lift(0)
    const later = how === 'lifted' ? peer : new Strikes(DEFAULT_OPTIONS.trust)
    if (how === 'written down') later.restore(peer.bans, 0, '', 0)
    expect([later.bans, later.leftMs(0)]).toEqual([1, 0])
    strikes(3, 8 * DAY_MS, later)
    expect(later.leftMs(8 * DAY_MS)).toBe(15 * MINUTE_MS)
  })

  it('a ban can be lifted, and its strikes with it', () => {
    const peer = strikes(3, 0)
    peer.lift(0)
    expect([peer.leftMs(0), peer.count(0), peer.strike('again', 0)]).toEqual([0, 0, false])
  })
})
