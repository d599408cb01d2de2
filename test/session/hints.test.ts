import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import type { Provider } from '../../src/ports.ts'
import { Hints, MAX_HINTS } from '../../src/session/hints.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ALICE, BOB } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

class World {
  readonly clock = new ManualClock()
  readonly logger = new RecordingLogger()
  readonly trusted = new Set<PeerId>()
  /** Bounded: by the test. */
  readonly dialed: Provider[] = []
  /** Bounded: by the test. */
  readonly reached: PeerId[] = []
  settled = 0
  answer: (provider: Provider) => Promise<PeerId> = ({ peer }) => Promise.resolve(peer ?? ALICE)
  readonly hints: Hints

  constructor() {
    const connect = (provider: Provider): Promise<PeerId> => {
      this.dialed.push(provider)
      return this.answer(provider)
    }
    this.hints = new Hints({
      peers: { connect, isTrusted: (peer) => this.trusted.has(peer) },
      clock: this.clock,
      logger: this.logger,
      waitMs: 1_000,
      signal: new AbortController().signal,
      reached: (peer) => void this.reached.push(peer),
      settled: () => {
        this.settled++
      }
    })
  }
}

const alice: Provider = { peer: ALICE, addresses: [] }
const nameless: Provider = { addresses: ['/ip4/1.2.3.4/tcp/4001'] }

describe('Hints', () => {
  it('a peer that is connected is reached at once, undialed', () => {
    const world = new World()
    world.trusted.add(ALICE)
    world.hints.add(alice)
    expect([world.reached, world.dialed, world.hints.waitsUntil(0)]).toEqual([[ALICE], [], undefined])
  })

  it('holds others back while it connects, for a moment at most', async () => {
    const world = new World()
    const gate = Promise.withResolvers<PeerId>()
    world.answer = () => gate.promise
    expect(world.hints.waitsUntil(0)).toBeUndefined()
    world.hints.add(alice)
    expect([world.hints.waitsUntil(0), world.hints.waitsUntil(999), world.hints.waitsUntil(1_000)]).toEqual([
      1_000,
      1_000,
      undefined
    ])
    gate.resolve(ALICE)
    await world.clock.settle()
    expect([world.hints.waitsUntil(0), world.reached, world.settled]).toEqual([undefined, [ALICE], 1])
  })

  it('one that cannot be reached is settled, too, and tried again with the next round', async () => {
    const world = new World()
    world.answer = () => Promise.reject(new Error('refused'))
    world.hints.add(nameless)
    await world.clock.settle()
    expect([world.settled, world.reached, world.logger.messages('debug').length]).toEqual([1, [], 1])
    world.answer = () => Promise.resolve(BOB)
    world.hints.retry()
    await world.clock.settle()
    expect([world.reached, world.dialed]).toEqual([[BOB], [nameless, nameless]])
  })

  it('one that is lost is connected to again; one that is there is not', async () => {
    const world = new World()
    world.hints.add(nameless)
    await world.clock.settle()
    world.trusted.add(ALICE)
    world.hints.retry()
    expect(world.dialed.length).toBe(1)
    world.trusted.delete(ALICE)
    world.hints.retry()
    world.hints.retry()
    expect(world.dialed.length).toBe(2)
    await world.clock.settle()
    expect(world.reached).toEqual([ALICE, ALICE])
  })

  it('the same hint twice is one hint', async () => {
    const world = new World()
    world.hints.add(alice)
    world.hints.add({ ...alice })
    await world.clock.settle()
    expect(world.dialed.length).toBe(1)
  })

  it(`remembers ${MAX_HINTS} hints: the oldest is tried once and forgotten`, async () => {
    const world = new World()
    world.answer = () => Promise.reject(new Error('refused'))
    for (let i = 0; i <= MAX_HINTS; i++) world.hints.add({ peer: toPeerId(`peer${i}`), addresses: [] })
    await world.clock.settle()
    expect(world.dialed.length).toBe(MAX_HINTS + 1)
    world.dialed.length = 0
    world.hints.retry()
    expect(world.dialed.map(({ peer }) => peer)).not.toContain('peer0')
    expect(world.dialed.length).toBe(MAX_HINTS)
  })
})
