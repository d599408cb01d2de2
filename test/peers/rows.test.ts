import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/ids.ts'
import { Pace, type Ask } from '../../src/peers/pace.ts'
import { Rows, type RoomSeeker } from '../../src/peers/rows.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ALICE, BOB } from '../support/names.ts'

const OPTIONS = {
  initialWindow: 4,
  maxWindow: 100,
  horizonMs: 100,
  stallRoundTrips: 8,
  minStallMs: 1_000,
  maxStallMs: 7_000
}

/** Peers that owe eight blocks, and may owe no more. */
class World {
  readonly clock = new ManualClock()
  readonly rows: Rows
  /** Who was told, in order. Bounded: by the test. */
  readonly told: string[] = []
  /** How many more wants can be told. */
  room = 100
  readonly #asks: Ask[] = []
  readonly #paces = new Map<PeerId, Pace>()

  constructor() {
    this.rows = new Rows(this.clock, (peer) => this.#paces.get(peer))
    for (const peer of [ALICE, BOB]) {
      const pace = new Pace(OPTIONS, { owes: () => this.rows.freed(peer) })
      for (let owed = 0; owed < 8; owed++) this.#asks.push(pace.asked(0))
      this.#paces.set(peer, pace)
    }
  }

  seeker(name: string, waiting = 1, limit = 8): RoomSeeker {
    return { waiting, roomAt: () => this.room, limitAt: () => limit, hasRoom: () => void this.told.push(name) }
  }

  settles(peer: PeerId, count: number): string[] {
    for (let left = count; left > 0; left--) this.#paces.get(peer)?.settled()
    return this.step()
  }

  step(): string[] {
    this.clock.flush()
    return this.told.splice(0)
  }
}

describe('Rows', () => {
  it('tells those who wait longest, as many as there is room for', () => {
    const world = new World()
    const seekers = ['a', 'b', 'c', 'd'].map((name) => world.seeker(name))
    for (const seeker of seekers) world.rows.wait(seeker, new Set([ALICE]))
    expect(world.step()).toEqual([])
    expect(world.settles(ALICE, 2)).toEqual(['a', 'b'])
    // They did nothing with it, and keep their places.
    for (const seeker of seekers.slice(0, 2)) world.rows.wait(seeker, new Set([ALICE]))
    expect(world.settles(ALICE, 1)).toEqual(['a', 'b', 'c'])
  })

  it('whoever leaves a row makes the next one look, so that room is not left over', () => {
    const world = new World()
    const [a, b, c] = ['a', 'b', 'c'].map((name) => world.seeker(name))
    for (const seeker of [a, b, c]) if (seeker !== undefined) world.rows.wait(seeker, new Set([ALICE, BOB]))
    expect(world.settles(ALICE, 1)).toEqual(['a'])
    if (a !== undefined) world.rows.leave(a)
    expect(world.step()).toEqual(['b'])
    if (b !== undefined) world.rows.wait(b, new Set([BOB]))
    expect(world.step()).toEqual(['c'])
    expect([world.settles(BOB, 1), world.rows.size]).toEqual([['b'], 2])
  })

  it('passes over those whose limit is lower, and counts no more than the usual take of who wants much', () => {
    const world = new World()
    for (const [name, waiting, limit] of [
      ['low', 1, 0],
      ['much', 1_000, 8],
      ['next', 1, 8]
    ] as const)
      // prettier-ignore
      world.rows.wait(world.seeker(name, waiting, limit), new Set([ALICE]))
    expect(world.settles(ALICE, 8)).toEqual(['much'])
    expect(world.settles(ALICE, 0)).toEqual([])
  })

  it('tells nobody while the peer can be told no more, unless it owes nothing', () => {
    const world = new World()
    world.room = 0
    world.rows.wait(world.seeker('a'), new Set([ALICE]))
    expect([world.settles(ALICE, 7), world.settles(ALICE, 1)]).toEqual([[], ['a']])
  })

  it('holds nothing of peers that are gone, nor of seekers that left', () => {
    const world = new World()
    const seeker = world.seeker('a')
    world.rows.wait(seeker, new Set([ALICE]))
    world.rows.gone(ALICE)
    expect(world.settles(ALICE, 8)).toEqual([])
    world.rows.wait(seeker, new Set([ALICE]))
    world.rows.leave(seeker)
    world.rows.leave(seeker)
    expect([world.settles(ALICE, 1), world.rows.size]).toEqual([[], 0])
  })
})
