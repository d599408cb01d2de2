import type { CID } from 'multiformats/cid'
import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { ProviderSearch } from '../../src/peers/provider-search.ts'
import { MAX_WAITING } from '../../src/peers/search-queue.ts'
import type { AbortOptions, Provider } from '../../src/ports.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ALICE, BOB, cid } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

type Find = (cid: CID, options: AbortOptions) => AsyncIterable<Provider>

async function* list(peers: readonly PeerId[]): AsyncGenerator<Provider> {
  for (const peer of peers) {
    await Promise.resolve()
    yield { peer, addresses: [] }
  }
}

async function* listed(providers: readonly Provider[]): AsyncGenerator<Provider> {
  for (const provider of providers) {
    await Promise.resolve()
    yield provider
  }
}

class World {
  readonly logger = new RecordingLogger()
  readonly clock = new ManualClock()
  readonly unreachable = new Set<PeerId>()
  /** Bounded: by the test. */
  readonly asked: string[] = []
  /** Bounded: by the test. */
  readonly signals: AbortSignal[] = []
  /** Bounded: by the test. */
  readonly dialed: PeerId[] = []
  readonly search: ProviderSearch

  constructor(find: Find, maxProviders = 3) {
    const finder = {
      findProviders: (of: CID, options: AbortOptions = {}) => {
        this.asked.push(of.toString())
        if (options.signal !== undefined) this.signals.push(options.signal)
        return find(of, options)
      }
    }
    const connect = ({ peer, addresses }: Provider, signal: AbortSignal): Promise<PeerId> => {
      if (peer === undefined || this.unreachable.has(peer)) return Promise.reject(new Error('refused'))
      this.dialed.push(peer)
      if (addresses[0] !== '/unroutable') return Promise.resolve(peer)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    }
    this.search = new ProviderSearch({ finder, connect, clock: this.clock, logger: this.logger }, maxProviders)
  }

  seek(name: string, isRepeat = false): Seeking {
    const found: PeerId[] = []
    return { found, leave: this.search.seek(cid(name), (peer) => void found.push(peer), isRepeat) }
  }
}

interface Seeking {
  readonly found: PeerId[]
  readonly leave: (() => void) | false
}

function leave(seeking: Seeking | undefined): void {
  if (seeking !== undefined && seeking.leave !== false) seeking.leave()
}

/** Routing that says nothing until it is aborted, and then ends. */
async function* silent(signal: AbortSignal | undefined): AsyncGenerator<Provider> {
  await new Promise((resolve) => signal?.addEventListener('abort', resolve))
  yield* []
}

/** Routing that never says anything and heeds no abort. */
async function* deaf(): AsyncGenerator<Provider> {
  await new Promise(() => undefined)
  yield* []
}

describe('ProviderSearch', () => {
  it('connects to the providers that routing names, and passes on those it reached', async () => {
    const world = new World(() => list([ALICE, BOB]))
    world.unreachable.add(ALICE)
    const { found } = world.seek('a')
    await turn()
    expect(found).toEqual([BOB])
    expect(world.logger.messages('debug')).toEqual(['a provider could not be reached'])
  })

  it('two who seek the same block share one search; one who comes late hears of those found before', async () => {
    const gate = Promise.withResolvers<undefined>()
    const slow = async function* (): AsyncGenerator<Provider> {
      yield { peer: ALICE, addresses: [] }
      await gate.promise
      yield { peer: BOB, addresses: [] }
    }
    const world = new World(() => slow())
    const first = world.seek('a')
    await turn()
    const second = world.seek('a')
    expect(second.found).toEqual([ALICE])
    gate.resolve(undefined)
    await turn()
    expect([first.found, second.found, world.asked.length]).toEqual([[ALICE, BOB], [ALICE, BOB], 1])
  })

  it('goes on while anybody seeks, and stops when the last one leaves', async () => {
    const world = new World((_of, { signal }) => silent(signal))
    const [first, second] = [world.seek('a'), world.seek('a')]
    if (first.leave !== false) first.leave()
    expect(world.signals[0]?.aborted).toBe(false)
    if (second.leave !== false) second.leave()
    expect(world.signals[0]?.aborted).toBe(true)
    await turn()
  })

  it('whoever seeks a block just after its search was given up gets a search that goes on', async () => {
    const world = new World((_of, { signal }) => (signal?.aborted === true ? list([]) : silent(signal)))
    const first = world.seek('a')
    if (first.leave !== false) first.leave()
    world.seek('a')
    expect([world.asked.length, world.signals[1]?.aborted]).toEqual([2, false])
    await turn()
    expect(world.signals[1]?.aborted).toBe(false)
  })

  it('leaving twice, or leaving a search that ended, is harmless', async () => {
    const world = new World(() => list([ALICE]))
    const { leave } = world.seek('a')
    await turn()
    const again = world.seek('a')
    if (leave !== false) leave()
    if (leave !== false) leave()
    await turn()
    expect([again.found, world.asked.length]).toEqual([[ALICE], 2])
  })

  it('reads no more providers than it may', async () => {
    let named = 0
    const endless = async function* (): AsyncGenerator<Provider> {
      for (;;) {
        await Promise.resolve()
        yield { peer: toPeerId(`peer${named++}`), addresses: [] }
      }
    }
    const world = new World(() => endless(), 3)
    const { found } = world.seek('a')
    await turn()
    expect(found.length).toBeGreaterThanOrEqual(3)
    expect(world.dialed.length).toBeLessThanOrEqual(3)
    expect(named).toBeLessThanOrEqual(4)
  })

  it('dials no more at a time than are still needed, and ends what is not needed any more', async () => {
    const world = new World(() => list(Array.from({ length: 30 }, (_, number) => toPeerId(`peer${number}`))), 3)
    const { found } = world.seek('a')
    await turn()
    expect([found.length, world.dialed.length]).toEqual([3, 3])
    expect(world.clock.timers).toBe(0)
  })

  it('false providers that never answer delay the true one by no more than a slow dial', async () => {
    const fakes = Array.from({ length: 20 }, (_, number) => ({
      peer: toPeerId(`fake${number}`),
      addresses: ['/unroutable']
    }))
    const world = new World(() => listed([...fakes, { peer: BOB, addresses: [] }]), 10)
    const { found, leave } = world.seek('a')
    await world.clock.pass(1_999)
    expect([found, world.dialed.length]).toEqual([[], 10])
    await world.clock.pass(2_001)
    expect([found, world.dialed.length]).toEqual([[BOB], 21])
    if (leave !== false) leave()
    await turn()
    expect([world.clock.timers, world.logger.messages('debug').length]).toEqual([0, 20])
  })

  it('dials a peer once, and again only when it could not be reached or its addresses come to be known', async () => {
    const gate = Promise.withResolvers<undefined>()
    const named = async function* (): AsyncGenerator<Provider> {
      yield { peer: ALICE, addresses: [] }
      yield { peer: ALICE, addresses: [] }
      await gate.promise
      yield { peer: ALICE, addresses: ['/ip4/192.0.2.7/tcp/1'] }
      yield { peer: BOB, addresses: ['/unroutable'] }
      yield { peer: BOB, addresses: ['/unroutable'] }
    }
    const world = new World(() => named(), 5)
    world.seek('a')
    await turn()
    gate.resolve(undefined)
    await turn()
    expect(world.dialed).toEqual([ALICE, BOB])
    world.search.stop()
    await turn()
  })

  it('runs eight searches at a time; a ninth begins when one has ended, unless it is left before', async () => {
    const world = new World((of, { signal }) => (of.equals(cid('quick')) ? list([ALICE]) : silent(signal)))
    const seeking = Array.from({ length: 8 }, (_, number) => world.seek(`block${number}`))
    const [ninth, quick] = [world.seek('ninth'), world.seek('quick')]
    await turn()
    expect([world.asked.length, quick.found]).toEqual([8, []])
    leave(ninth)
    leave(seeking[1])
    await turn()
    expect([world.asked.length, quick.found]).toEqual([9, [ALICE]])
    world.search.stop()
    expect(world.clock.timers).toBe(0)
  })

  it('however many searches lead nowhere, one more has its turn: after ten seconds each, and at once when they are repeats', async () => {
    const world = new World((of, { signal }) => (of.equals(cid('good')) ? list([ALICE]) : silent(signal)))
    const dead = Array.from({ length: 20 }, (_, number) => `dead${number}`)
    for (const name of dead) world.seek(name)
    const first = world.seek('good')
    await world.clock.pass(19_999)
    expect(first.found).toEqual([])
    await world.clock.pass(1)
    expect([first.found, world.clock.timers]).toEqual([[ALICE], 0])
    for (const name of dead) world.seek(name, true)
    await world.clock.pass(100_000)
    const later = world.seek('good')
    await turn()
    expect(later.found).toEqual([ALICE])
    world.search.stop()
    await turn()
  })

  it('a repeat waits behind first ones, until somebody seeks the same for the first time', async () => {
    const world = new World((_of, { signal }) => silent(signal))
    const seeking = Array.from({ length: 8 }, (_, number) => world.seek(`block${number}`))
    for (const name of ['old', 'older']) world.seek(name, true)
    world.seek('new')
    world.seek('older')
    for (const one of seeking.slice(0, 3)) leave(one)
    const begun = world.asked.slice(8)
    expect(begun).toEqual(['new', 'older', 'old'].map((name) => cid(name).toString()))
    world.search.stop()
    await turn()
  })

  it('while only repeats wait, no search makes way', async () => {
    const world = new World((_of, { signal }) => silent(signal))
    for (let number = 0; number < 30; number++) world.seek(`block${number}`, number >= 8)
    await world.clock.pass(1_000_000)
    expect([world.asked.length, world.clock.timers]).toEqual([8, 0])
    world.search.stop()
    await turn()
  })

  it('refuses a search when too many wait; one that was never made takes the place of a repeat', async () => {
    const world = new World((_of, { signal }) => silent(signal))
    for (let number = 0; number < 8; number++) world.seek(`block${number}`)
    for (let number = 0; number < MAX_WAITING; number++) world.seek(`waiting${number}`, number % 2 === 0)
    expect([world.seek('repeat', true).leave, world.seek('first').leave === false]).toEqual([false, false])
    for (let number = 1; number < MAX_WAITING / 2; number++) world.seek(`first${number}`)
    expect(world.seek('last').leave).toBe(false)
    world.search.stop()
    await turn()
  })

  it('a search given up makes room, though routing heeds no signal', () => {
    const world = new World(() => deaf())
    for (let number = 0; number < 30; number++) {
      const { leave } = world.seek(`block${number}`)
      expect(leave).not.toBe(false)
      if (leave !== false) leave()
    }
  })

  it('routing that fails ends its search and nothing else', async () => {
    const world = new World(() => {
      throw new Error('no routing')
    })
    const { leave } = world.seek('a')
    await turn()
    expect(leave).not.toBe(false)
    expect(world.logger.messages('debug')).toEqual(['provider search failed'])
    world.seek('a')
    expect(world.asked.length).toBe(2)
  })

  it('stop ends all searches', async () => {
    const world = new World((_of, { signal }) => silent(signal))
    world.seek('a')
    world.seek('b')
    world.search.stop()
    expect(world.signals.map(({ aborted }) => aborted)).toEqual([true, true])
    await turn()
  })
})
