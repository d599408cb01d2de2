import { describe, expect, it } from 'vitest'
import { FewSet } from '../../src/few.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import type { PeerId } from '../../src/ids.ts'
import { OpenWants, type OpenWant } from '../../src/session/open-wants.ts'
import { SearchRounds } from '../../src/session/search-rounds.ts'
import type { SessionParts } from '../../src/session/session-ports.ts'
import { ALICE, BOB, cid, key, nameOf } from '../support/names.ts'
import { many } from '../support/session-world.ts'
import { cidKey } from '../../src/ids.ts'

const IDLE_PACE = {
  outstanding: 0,
  deliveredAt: 0,
  hasSlack: () => true,
  window: () => 1,
  expectedFinishMs: () => 1,
  isStalled: () => false,
  hangsAt: () => Infinity,
  leanWindow: () => 1,
  underWay: () => 1,
  blocksPerSecond: 0,
  expectedInAllMs: () => 1
}

class World {
  readonly wants = new OpenWants()
  /** Who is asked for everything that is added. */
  readonly asked = new Set<PeerId>([ALICE])
  /** What was asked of routing and left again, in order. Bounded: by the test. */
  readonly log: string[] = []
  /** Asked of routing, and said not to be the first time. Bounded: by the test. */
  readonly repeats: string[] = []
  /** Bounded: by the test. */
  readonly retried: string[] = []
  /** Bounded: by the test. */
  readonly exhausted: string[] = []
  readonly searching = new Set<string>()
  readonly denied = new Set<PeerId>()
  readonly silent = new Set<PeerId>()
  begun = 0
  isFull = false
  readonly rounds: SearchRounds

  constructor(fixed = false) {
    const search: SessionParts['search'] = {
      seek: (of, _found, isRepeat) => {
        const name = nameOf(cidKey(of))
        if (this.isFull) return false
        if (isRepeat === true) this.repeats.push(name)
        this.log.push(name)
        this.searching.add(name)
        return () => {
          this.log.push(`-${name}`)
          this.searching.delete(name)
        }
      }
    }
    const peers: Pick<SessionParts['peers'], 'pace' | 'evidence'> = {
      evidence: () => ({ haves: 0, of: (peer) => (this.denied.has(peer) ? 'dont-have' : 'unknown'), said: () => [] }),
      pace: (peer) => ({ ...IDLE_PACE, isStalled: () => this.silent.has(peer) })
    }
    this.rounds = new SearchRounds({ search, peers, options: DEFAULT_OPTIONS.session }, () => undefined, fixed)
  }

  add(...names: readonly string[]): void {
    for (const name of names) {
      const shared = {
        cid: cid(name),
        key: key(name),
        told: new Set(this.asked),
        wasTold: false,
        claimed: false,
        inFlight: new Map<never, never>()
      }
      this.wants.add({ shared, waiters: new FewSet(), priority: 1, phase: 'searching', hedged: false })
    }
  }

  run(now: number): number {
    const retry = (want: OpenWant): void => void this.retried.push(nameOf(want.shared.key))
    const begun = (): void => {
      this.begun++
    }
    const exhausted = (want: OpenWant): void => void this.exhausted.push(nameOf(want.shared.key))
    return this.rounds.run(this.wants, now, { retry, begun, exhausted })
  }
}

describe('SearchRounds', () => {
  it('has nothing to do while nothing is searched for', () => {
    const world = new World()
    expect([world.run(0), world.begun]).toEqual([Infinity, 0])
  })

  it('gives peers that were asked a second, and asks routing at once when there are none', () => {
    const world = new World()
    world.add('a')
    expect([world.run(100), world.log]).toEqual([1_100, []])
    world.run(1_100)
    expect(world.log).toEqual(['a'])
    const alone = new World()
    alone.asked.clear()
    alone.add('a')
    alone.run(100)
    expect([alone.log, alone.begun]).toEqual([['a'], 1])
  })

  it('asks routing at once when everybody who was asked has denied it, or is silent', () => {
    const world = new World()
    world.asked.add(BOB)
    world.denied.add(ALICE)
    world.add('a')
    expect([world.run(100), world.log]).toEqual([1_100, []])
    world.silent.add(BOB)
    world.run(200)
    expect(world.log).toEqual(['a'])
    world.add('b')
    expect([world.run(300), world.log]).toEqual([1_200, ['a']])
    world.run(1_200)
    expect(world.log.slice(0, 2)).toEqual(['a', 'b'])
  })

  it('begins rounds further and further apart, at most a minute; tries peers again from the second on', () => {
    const world = new World()
    world.add('a')
    const rounds: number[] = []
    let due = world.run(0)
    while (rounds.length < 9) {
      const now = due
      due = world.run(now)
      rounds.push(now)
      if (rounds.length === 1) expect(world.retried).toEqual([])
    }
    expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 64, 124, 184].map((second) => second * 1_000))
    expect([world.retried.length, world.begun]).toEqual([8, 9])
  })

  it('asks about three wants a round, and about each of them in turn', () => {
    const world = new World()
    world.add(...many(7))
    let due = world.run(0)
    for (let i = 0; i < 3; i++) due = world.run(due)
    expect(world.log.filter((line) => !line.startsWith('-'))).toEqual([
      'w0',
      'w1',
      'w2',
      'w3',
      'w4',
      'w5',
      'w6',
      'w0',
      'w1'
    ])
    expect(world.repeats).toEqual(['w0', 'w1'])
  })

  it('asks routing no more often than that, however many wants are new and blocks arrive', () => {
    const world = new World()
    world.asked.clear()
    for (let now = 0; now < 4_000; now++) {
      if (now < 1_000) world.add(`w${now}`)
      world.rounds.progress(key('another'))
      world.run(now)
    }
    expect([world.begun, world.log.filter((line) => !line.startsWith('-')).length]).toEqual([4, 10])
  })

  it('takes part in twelve searches at most: the oldest is left', () => {
    const world = new World()
    world.add(...many(30))
    let due = world.run(0)
    for (let i = 0; i < 8; i++) {
      due = world.run(due)
      expect(world.searching.size).toBeLessThanOrEqual(12)
    }
    expect(world.searching.size).toBe(12)
  })

  it('joins the next search of a block before it leaves the last one', () => {
    const world = new World()
    world.add('a')
    const due = world.run(0)
    world.run(world.run(due))
    expect(world.log).toEqual(['a', 'a', '-a'])
  })

  it('goes without when too many searches are under way, and tries again in the next round', () => {
    const world = new World()
    world.add('a')
    world.isFull = true
    const due = world.run(world.run(0))
    world.isFull = false
    world.run(due)
    expect(world.log).toEqual(['a'])
  })

  it('a block that arrives ends its own search, and brings the next round nearer, never further', () => {
    const world = new World()
    world.add('a', 'b')
    let due = world.run(0)
    for (let i = 0; i < 6; i++) due = world.run(due)
    expect(due).toBe(64_000)
    world.wants.remove(key('a'))
    world.rounds.progress(key('a'))
    expect(world.log.at(-1)).toBe('-a')
    expect(world.run(33_000)).toBe(34_000)
    for (let now = 33_100; now < 34_000; now += 100) {
      world.rounds.progress(key('a'))
      expect(world.run(now)).toBe(34_000)
    }
  })

  it('a want nobody waits for is left; closing leaves all', () => {
    const world = new World()
    world.add('a', 'b', 'c')
    world.run(world.run(0))
    world.rounds.leave(key('b'))
    world.rounds.leave(key('b'))
    expect([...world.searching]).toEqual(['a', 'c'])
    world.rounds.close()
    expect([...world.searching]).toEqual([])
  })

  it('of peers of the caller alone asks no routing: tries them once more, and then says so', () => {
    const world = new World(true)
    world.add('a', 'b')
    world.run(0)
    expect([world.run(1_000), world.retried, world.exhausted]).toEqual([2_000, ['a', 'b'], []])
    world.run(2_000)
    expect([world.begun, world.retried, world.exhausted, world.log]).toEqual([2, ['a', 'b'], ['a', 'b'], []])
  })
})
