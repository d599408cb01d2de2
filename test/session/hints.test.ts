import { describe, expect, it } from 'vitest'
import { type PeerId, toPeerId } from '../../src/ids.ts'
import type { Provider } from '../../src/ports.ts'
import { Hints, MAX_HINTS } from '../../src/session/hints.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const ALICE = toPeerId('alice')
const AT_ALICE: Provider = { addresses: ['/ip4/192.0.2.1/tcp/1/p2p/alice'] }

/** Hints in a world where the test says who is connected and how a dial ends. */
class HintsWorld {
  readonly clock = new ManualClock()
  readonly connected = new Set<PeerId>()
  /** What was dialled, and then what came of it: bounded by the test. */
  readonly log: string[] = []
  readonly hints: Hints
  #dials: PromiseWithResolvers<PeerId>[] = []

  constructor() {
    this.hints = new Hints({
      peers: { isTrusted: (peer) => this.connected.has(peer), connect: (provider) => this.#dial(provider) },
      clock: this.clock,
      logger: new RecordingLogger(),
      waitMs: 1_000,
      signal: new AbortController().signal,
      reached: (peer) => this.log.push(`reached ${peer}`),
      settled: () => this.log.push('settled')
    })
  }

  /** Ends the oldest dial. */
  async answer(peer: PeerId | undefined): Promise<string[]> {
    const dial = this.#dials.shift()
    if (peer === undefined) dial?.reject(new Error('refused'))
    else dial?.resolve(peer)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    return this.take()
  }

  take(): string[] {
    return this.log.splice(0)
  }

  #dial({ peer, addresses }: Provider): Promise<PeerId> {
    this.log.push(`dial ${peer ?? addresses.join(' ')}`)
    const dial = Promise.withResolvers<PeerId>()
    this.#dials.push(dial)
    return dial.promise
  }
}

describe('the providers named by the caller', () => {
  it('are connected to at once; one that is connected needs no dial', async () => {
    const world = new HintsWorld()
    world.connected.add(ALICE)
    world.hints.add({ peer: ALICE, addresses: [] })
    expect(world.take()).toEqual(['reached alice'])
    world.hints.add({ peer: toPeerId('bob'), addresses: [] })
    expect(world.take()).toEqual(['dial bob'])
    expect(await world.answer(toPeerId('bob'))).toEqual(['reached bob', 'settled'])
  })

  it('hold back others while they are dialled, for a moment', async () => {
    const world = new HintsWorld()
    expect(world.hints.waitsUntil(world.clock.now())).toBeUndefined()
    world.hints.add(AT_ALICE)
    const until = world.hints.waitsUntil(world.clock.now())
    expect(until).toBe(world.clock.now() + 1_000)
    world.clock.advance(1_000)
    expect(world.hints.waitsUntil(world.clock.now())).toBeUndefined()
    await world.answer(undefined)
    expect(world.hints.waitsUntil(0)).toBeUndefined()
  })

  it('are dialled again, one dial at a time, until they are reached, and when they are lost', async () => {
    const world = new HintsWorld()
    world.hints.add(AT_ALICE)
    world.hints.retry()
    world.hints.add(AT_ALICE)
    expect(world.take()).toEqual([`dial ${AT_ALICE.addresses.join(' ')}`])
    expect(await world.answer(undefined)).toEqual(['settled'])

    world.hints.retry()
    expect(world.take()).toHaveLength(1)
    world.connected.add(ALICE)
    expect(await world.answer(ALICE)).toEqual(['reached alice', 'settled'])
    world.hints.retry()
    expect(world.take()).toEqual([])

    world.connected.delete(ALICE)
    world.hints.retry()
    expect(world.take()).toHaveLength(1)
  })

  it('are remembered up to a bound: the oldest go', async () => {
    const world = new HintsWorld()
    for (let i = 0; i < MAX_HINTS + 3; i++) world.hints.add({ addresses: [`/ip4/192.0.2.1/tcp/${i + 1}`] })
    expect(world.take()).toHaveLength(MAX_HINTS + 3)
    for (let i = 0; i < MAX_HINTS + 3; i++) await world.answer(undefined)
    world.hints.retry()
    expect(world.take()).toEqual(Array.from({ length: MAX_HINTS }, (_, i) => `dial /ip4/192.0.2.1/tcp/${i + 4}`))
  })
})
