import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/ids.ts'
import type { Session } from '../../src/session/session.ts'
import type { Waiter } from '../../src/session/waiter.ts'
import { ALICE, BOB, CAROL, cid, key, nameOf } from '../support/names.ts'
import { many, RecordingWaiter, SessionWorld, want } from '../support/session-world.ts'
import { asyncProperty } from '../support/seed.ts'

const PEERS = [ALICE, BOB, CAROL]
const NAMES = many(12)

type Step =
  | { readonly do: 'want' | 'unwant'; readonly session: number; readonly name: string }
  | { readonly do: 'connect' | 'disconnect' | 'lie' | 'lose'; readonly peer: PeerId }
  | { readonly do: 'has' | 'lacks' | 'sends'; readonly peer: PeerId; readonly name: string }
  | { readonly do: 'put'; readonly name: string }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'settle' }
  | { readonly do: 'close'; readonly session: number }

const peer = fc.constantFrom(...PEERS)
const name = fc.constantFrom(...NAMES)
const session = fc.nat(2)

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('want' as const), session, name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unwant' as const), session, name }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('connect' as const, 'disconnect' as const), peer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lie' as const, 'lose' as const), peer }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constantFrom('has' as const, 'lacks' as const, 'sends' as const), peer, name })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put' as const), name }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 50, 1_200, 9_000, 70_000) })
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), session }) }
)

/** Three sessions that want the same few blocks of three peers, who do as they please. */
class Play {
  readonly world = new SessionWorld({ maxOutstandingPerPeer: 6, session: { minStallMs: 100, maxStallMs: 1_000 } })
  readonly sessions: readonly Session[] = [this.world.session(), this.world.session(), this.world.session()]
  /** By session: who waits for what. Bounded: by the names. */
  readonly waiting: readonly Map<string, Waiter>[] = [new Map(), new Map(), new Map()]
  /** What came out wrong. Bounded: by the steps. */
  readonly wrong: string[] = []

  step(step: Step): void {
    const { world } = this
    switch (step.do) {
      case 'want':
        this.#want(step.session, step.name)
        break
      case 'unwant': {
        const waiter = this.waiting[step.session]?.get(step.name)
        this.waiting[step.session]?.delete(step.name)
        if (waiter !== undefined) this.sessions[step.session]?.unwant(key(step.name), waiter)
        break
      }
      case 'connect':
        if (!world.peers.isConnected(step.peer)) world.connect(step.peer)
        break
      case 'disconnect':
        if (world.peers.isConnected(step.peer)) world.disconnect(step.peer)
        break
      case 'lie':
        world.peers.lied(step.peer)
        break
      case 'lose':
        world.wants.streamLost(step.peer)
        break
      case 'has':
        world.has(step.peer, step.name)
        break
      case 'lacks':
        world.lacks(step.peer, step.name)
        break
      case 'sends':
        if (world.wantlists.get(step.peer)?.has(key(step.name)) === true) world.sends(step.peer, step.name)
        break
      case 'put':
        world.wants.fulfil(key(step.name), new Uint8Array(1), undefined)
        break
      case 'pass':
        world.pass(step.ms, Math.max(1, step.ms / 10))
        break
      case 'close':
        this.sessions[step.session]?.close()
        break
      case 'settle':
        break
    }
  }

  #want(number: number, of: string): void {
    const waiting = this.waiting[number]
    const wanted = this.sessions[number]
    if (waiting === undefined || wanted === undefined || waiting.has(of)) return
    const done = (): void => {
      if (!waiting.delete(of)) this.wrong.push(`${of} came to somebody who did not wait`)
    }
    const waiter = { arrived: done, failed: done }
    waiting.set(of, waiter)
    wanted.want(cid(of), waiter, 1)
  }

  /** Invariants 1 to 3, as far as they can be seen from outside at a quiet moment. */
  check(): void {
    expect(this.wrong).toEqual([])
    const { world } = this
    const wanted = new Set(this.waiting.flatMap((waiting) => [...waiting.keys()]))
    expect([...world.wants.table.values()].map((each) => nameOf(each.key)).sort()).toEqual([...wanted].sort())
    for (const [i, each] of this.sessions.entries()) expect(each.size).toBe(this.waiting[i]?.size)
    for (const [of, wantlist] of world.wantlists) {
      for (const one of wantlist.keys()) expect(wanted, `${of} holds ${nameOf(one)}`).toContain(nameOf(one))
    }
    this.#checkTold()
    this.#checkDebts()
  }

  /** Invariant 3: whom a want has to be cancelled at is known exactly. */
  #checkTold(): void {
    for (const one of this.world.wants.table.values()) {
      const holding = [...this.world.wantlists].filter(([, wantlist]) => wantlist.has(one.key)).map(([of]) => of)
      expect([...one.told].sort(), nameOf(one.key)).toEqual(holding.sort())
    }
  }

  /** What a peer owes is what was asked of it and is open: not more, not less. */
  #checkDebts(): void {
    for (const of of this.world.peers.peers()) {
      const owed = [...this.world.wants.table.values()].filter(({ inFlight }) => inFlight.has(of))
      expect(this.world.peers.pace(of)?.outstanding, `${of} owes`).toBe(owed.length)
    }
  }
}

async function play(steps: readonly Step[]): Promise<Play> {
  const played = new Play()
  for (const step of steps) {
    played.step(step)
    if (step.do === 'settle') await played.world.settle()
    else played.world.step()
    played.check()
  }
  await played.world.settle()
  return played
}

describe('sessions, after any sequence of events', () => {
  it('invariants 2 and 3: nothing dangles: table, sessions, debts and the wantlists of peers agree', async () => {
    const rule = fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: 'max' }), async (steps) => {
      const played = await play(steps)
      played.check()
      for (const each of played.sessions) each.close()
      played.world.step()
      expect(played.world.wants.table.size).toBe(0)
      for (const [of, wantlist] of played.world.wantlists) expect(wantlist.size, of).toBe(0)
      expect(played.world.clock.timers).toBe(0)
    })
    await asyncProperty(rule, { numRuns: 150 })
  })

  it('invariant 1: every open want is in flight, scheduled or searched for: one honest peer completes them all', async () => {
    const rule = fc.asyncProperty(fc.array(anyStep, { maxLength: 60, size: 'max' }), async (steps) => {
      const played = await play(steps.filter((step) => step.do !== 'lie'))
      const { world } = played
      const dave = 'dave' as PeerId
      world.connect(dave)
      // Dave has everything and answers at once; the others stay as they are, and silent.
      const open = (): number => played.waiting.reduce((sum, waiting) => sum + waiting.size, 0)
      for (let i = 0; i < 400 && open() > 0; i++) {
        world.pass(500, 50)
        await world.settle()
        world.sends(dave, ...world.wantlist(dave))
        world.has(dave, ...world.wantlist(dave, 'have'))
      }
      expect(played.waiting.map((waiting) => [...waiting.keys()])).toEqual([[], [], []])
      expect(played.wrong).toEqual([])
    })
    await asyncProperty(rule, { numRuns: 100 })
  })
})

describe('a session with an honest peer', () => {
  it.each([1, 100, 5_000])('gets %d blocks', (count) => {
    const world = new SessionWorld().connect(ALICE)
    const waiter = want(world.session(), many(count), new RecordingWaiter())
    for (let i = 0; i < 1_000 && waiter.heard.length < count; i++) {
      world.pass(20, 10)
      world.sends(ALICE, ...world.wantlist(ALICE))
    }
    expect(waiter.heard.length).toBe(count)
  })
})
