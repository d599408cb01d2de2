import { MemoryDatastore } from 'datastore-core'
import type { CID } from 'multiformats/cid'
import { onTestFinished, describe, expect, it } from 'vitest'
import { cidKey } from '../../../src/ids.ts'
import { NotProvidedError } from '../../../src/routing/router.ts'
import type { ProvidingOptions } from '../../../src/routing/providing/providing-options.ts'
import { ProvideStore } from '../../../src/routing/providing/provide-store.ts'
import { Providing } from '../../../src/routing/providing/providing.ts'
import { delay } from '../../../src/simulation/delay.ts'
import { ManualClock } from '../../support/manual-clock.ts'
import { cid, nameOf } from '../../support/names.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { many } from '../../support/session-world.ts'

const HOUR = 3_600_000

/** One peer's providing, over as many processes as a test starts. */
class World {
  readonly clock = new ManualClock()
  readonly logger = new RecordingLogger()
  readonly datastore = new MemoryDatastore()
  /** What is there. Bounded: by the test. */
  readonly roots = new Set<string>()
  /** Names in the order they were provided, with the hour. Bounded: by the test. */
  readonly provided: string[] = []
  /** Bounded: by the test. */
  readonly withdrawn: string[] = []
  /** Routers that take records. */
  reachable: readonly string[] = ['dht']
  /** There is nobody to reach. */
  isEmpty = false
  /** These fail, whoever is reachable. */
  readonly bad = new Set<string>()
  /** How long one takes. */
  takesMs = 0
  underWay = 0
  most = 0
  attempts = 0
  sourceFails = false
  readonly #options: Partial<ProvidingOptions>
  providing: Providing

  constructor(options: Partial<ProvidingOptions> = {}) {
    this.#options = options
    this.providing = this.#make()
  }

  #make(): Providing {
    const providing = new Providing(
      {
        router: { provide: (of, options) => this.#provide(of, options?.signal), withdraw: (of) => this.#withdraw(of) },
        source: { all: () => this.#all() },
        store: new ProvideStore(this.datastore),
        clock: this.clock,
        logger: this.logger
      },
      this.#options
    )
    onTestFinished(() => providing.stop())
    return providing
  }

  async restart(): Promise<void> {
    await this.providing.stop()
    this.providing = this.#make()
    await this.providing.start()
  }

  async #provide(of: CID, signal: AbortSignal | undefined): Promise<readonly string[]> {
    this.attempts++
    this.most = Math.max(this.most, ++this.underWay)
    try {
      if (this.takesMs > 0) await delay(this.clock, this.takesMs, signal)
      const name = nameOf(cidKey(of))
      if (this.bad.has(name)) throw new NotProvidedError('it is bad')
      if (this.isEmpty) throw new NotProvidedError('nobody is there', { nobody: true })
      if (this.reachable.length === 0) throw new NotProvidedError('nobody is there')
      this.provided.push(`${name}@${Math.floor(this.clock.now() / HOUR)}`)
      return this.reachable
    } finally {
      this.underWay--
    }
  }

  #withdraw(of: CID): Promise<void> {
    this.withdrawn.push(nameOf(cidKey(of)))
    return Promise.resolve()
  }

  async *#all(): AsyncGenerator<CID> {
    if (this.sourceFails) throw new Error('the disk is gone')
    for (const name of this.roots) yield await Promise.resolve(cid(name))
  }

  async add(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.roots.add(name)
      await this.providing.announce(cid(name))
    }
  }
}

describe('Providing', () => {
  it('provides what is noticed at once, each once; more than there is room for by going through everything', async () => {
    const world = new World({ maxQueued: 3 })
    await world.providing.start()
    await world.clock.pass(1_000)
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of [...names, ...names]) {
      world.roots.add(name)
      world.providing.noticed(cid(name))
    }
    expect(world.providing.info()).toMatchObject({ queued: 3, overflowed: 4 })
    await world.clock.pass(1_000)
    expect(world.provided.toSorted()).toEqual(names.map((name) => `${name}@0`))
    await world.providing.stop()
    world.providing.noticed(cid('f'))
    expect(world.providing.info().queued).toBe(0)
  })

  it('provides what is there at the start, what is announced at once, and everything again after 22 hours', async () => {
    const world = new World()
    world.roots.add('a')
    await world.providing.start()
    await world.clock.pass(1_000)
    await world.add('b')
    await world.clock.pass(1_000)
    expect(world.provided).toEqual(['a@0', 'b@0'])
    expect(world.providing.info()).toMatchObject({ state: 'idle', provided: 2, queued: 0, behindMs: 0 })
    await world.clock.pass(21.9 * HOUR)
    expect(world.provided.length).toBe(2)
    await world.clock.pass(HOUR)
    expect(world.provided.slice(2)).toEqual(['a@22', 'b@22'])
    expect(world.providing.info().cycle).toMatchObject({ done: 2, lastKeys: 2 })
  })

  it('waits while there is nobody to tell, which is no failure, and says when one that was there failed', async () => {
    const world = new World()
    world.isEmpty = true
    await world.providing.start()
    await world.add('a')
    await world.clock.pass(100 * HOUR)
    expect(world.providing.info()).toMatchObject({ state: 'waiting', lastError: undefined, behindMs: 0, failed: 0 })
    Object.assign(world, { isEmpty: false, reachable: [] })
    await world.clock.pass(HOUR)
    expect(world.providing.info()).toMatchObject({ state: 'paused', lastError: 'nobody is there', failed: 0 })
    world.reachable = ['dht']
    await world.clock.pass(HOUR)
    expect(world.providing.info()).toMatchObject({ state: 'idle', queued: 0 })
  })

  it('provides each key once, however often it is announced', async () => {
    const world = new World({ workers: 1 })
    world.takesMs = 100
    await world.providing.start()
    await world.add('a', 'b', 'a', 'b')
    await world.clock.pass(1_000)
    await world.add('a')
    await world.clock.pass(1_000)
    expect(world.provided).toEqual(['a@0', 'b@0'])
  })

  it('what was announced survives a restart, in its order; what was provided is not provided again', async () => {
    const world = new World({ workers: 1 })
    world.takesMs = 1_000
    await world.providing.start()
    await world.add('c', 'a', 'b')
    await world.clock.pass(1_500)
    expect(world.provided).toEqual(['c@0'])
    world.roots.clear()
    await world.restart()
    const { queued, active } = world.providing.info()
    expect(queued + active).toBe(2)
    await world.clock.pass(10_000)
    expect(world.provided).toEqual(['c@0', 'a@0', 'b@0'])
  })

  it('a cycle that was cut off goes on where it was, and the next begins when it would have', async () => {
    const world = new World({ workers: 1 })
    world.takesMs = 60_000
    for (const name of many(10)) world.roots.add(name)
    await world.providing.start()
    await world.clock.pass(4.5 * 60_000)
    expect(world.provided.length).toBe(4)
    await world.restart()
    await world.clock.pass(HOUR)
    expect(new Set(world.provided).size).toBe(10)
    expect(world.provided.length).toBe(10)
    await world.restart()
    await world.clock.pass(22 * HOUR)
    expect(world.provided.length).toBe(20)
  })

  it('keeps to its workers, and to so many a second', async () => {
    const world = new World({ workers: 3, startsPerSecond: 10 })
    for (const name of many(50)) world.roots.add(name)
    world.takesMs = 1_000
    await world.providing.start()
    await world.clock.pass(10_500)
    expect([world.most, world.attempts <= 33]).toEqual([3, true])
    world.takesMs = 0
    const before = world.attempts
    await world.clock.pass(1_000)
    expect(world.attempts - before).toBeLessThanOrEqual(11)
  })

  it('while nobody is there it tries less and less often, and at once when a peer comes', async () => {
    const world = new World()
    world.reachable = []
    await world.providing.start()
    await world.add('a')
    await world.clock.pass(HOUR)
    expect(world.attempts).toBeLessThan(25)
    expect(world.providing.info()).toMatchObject({
      state: 'paused',
      queued: 1,
      failed: 0,
      lastError: 'nobody is there'
    })
    world.reachable = ['dht']
    world.providing.hope()
    await world.clock.pass(1_000)
    expect(world.provided).toEqual(['a@1'])
    expect(world.providing.info()).toMatchObject({ state: 'idle', resumesInMs: 0 })
  })

  it('peers that come and go do not make it try all the time', async () => {
    const world = new World()
    world.reachable = []
    await world.providing.start()
    await world.add('a')
    for (let second = 0; second < 600; second++) {
      world.providing.hope()
      await world.clock.pass(1_000)
    }
    expect(world.attempts).toBeLessThan(250)
  })

  it('one key that fails while others succeed is given up until the next cycle, and holds up nobody', async () => {
    const world = new World()
    world.bad.add('bad')
    await world.providing.start()
    await world.add('bad')
    for (const name of many(20)) {
      await world.add(name)
      await world.clock.pass(10_000)
    }
    expect(world.providing.info()).toMatchObject({ provided: 20, failed: 1, queued: 0 })
    world.bad.clear()
    await world.clock.pass(23 * HOUR)
    expect(world.provided).toContain('bad@22')
  })

  it('bound: so many keys wait; those beyond are found by going through everything', async () => {
    const world = new World({ maxQueued: 5, workers: 1 })
    world.takesMs = 100
    await world.providing.start()
    await world.clock.pass(100)
    await world.add(...many(30))
    expect(world.providing.info()).toMatchObject({ queued: 5, overflowed: 24 })
    await world.clock.pass(60_000)
    expect([world.provided.length, new Set(world.provided).size]).toEqual([30, 30])
  })

  it('takes back what is gone, after the cycle that did not find it', async () => {
    const world = new World()
    world.roots.add('a').add('b')
    await world.providing.start()
    await world.clock.pass(HOUR)
    world.roots.delete('a')
    await world.clock.pass(23 * HOUR)
    expect([world.withdrawn, world.provided]).toEqual([['a'], ['a@0', 'b@0', 'b@22']])
    await world.clock.pass(22 * HOUR)
    expect(world.withdrawn).toEqual(['a'])
  })

  it('a router that comes into reach late is told everything, once', async () => {
    const world = new World()
    world.reachable = ['dht lan']
    for (const name of many(5)) world.roots.add(name)
    await world.providing.start()
    await world.clock.pass(10_000)
    expect(world.provided.length).toBe(5)
    world.reachable = ['dht lan', 'dht wan']
    await world.add('new')
    await world.clock.pass(10_000)
    expect(world.provided.filter((line) => line === 'w3@0').length).toBe(2)
    world.reachable = ['dht lan']
    const before = world.provided.length
    await world.add('newer')
    await world.clock.pass(10_000)
    expect(world.provided.length).toBe(before + 1)
  })

  it('tells when it falls behind, in its figures at any time and in the log once a cycle', async () => {
    const world = new World({ workers: 1 })
    for (const name of many(100)) world.roots.add(name)
    await world.providing.start()
    await world.clock.pass(HOUR)
    expect(world.providing.info()).toMatchObject({ behindMs: 0, cycle: { done: 100, lastKeys: 100 } })
    world.takesMs = HOUR
    await world.clock.pass(22 * HOUR + 40 * HOUR)
    const info = world.providing.info()
    expect(info.behindMs).toBeGreaterThan(70 * HOUR)
    expect(info.cycle.done).toBeLessThan(50)
    expect(world.logger.messages('warn')).toEqual([
      'providing falls behind: records will expire before they are renewed'
    ])
  })

  it('goes on when the source can be read again', async () => {
    const world = new World()
    world.sourceFails = true
    world.roots.add('a')
    await world.providing.start()
    await world.clock.pass(10_000)
    expect(world.providing.info()).toMatchObject({ state: 'paused', lastError: 'the disk is gone' })
    world.sourceFails = false
    await world.clock.pass(60_000)
    expect(world.provided).toEqual(['a@0'])
  })

  it('clear forgets what waits, here and after a restart', async () => {
    const world = new World()
    world.reachable = []
    await world.providing.start()
    await world.providing.announce(cid('a'))
    await world.clock.pass(1)
    await world.providing.announce(cid('b'))
    expect(await world.providing.clear()).toBe(2)
    await world.restart()
    expect(world.providing.info().queued).toBe(0)
  })

  it('a clock that was set back does not keep everything from being provided', async () => {
    const world = new World()
    world.roots.add('a')
    await new ProvideStore(world.datastore).provided(cid('a'), world.clock.epochMs() + 1_000 * HOUR)
    await new ProvideStore(world.datastore).writeCycle({
      startedAt: world.clock.epochMs() + 1_000 * HOUR,
      finishedAt: world.clock.epochMs() + 1_001 * HOUR,
      lastKeys: 1,
      lastDurationMs: HOUR,
      reached: ['dht']
    })
    await world.providing.start()
    await world.clock.pass(1_000)
    expect(world.provided).toEqual(['a@0'])
  })

  it('stops with what is under way, which is provided by the next process', async () => {
    const world = new World()
    world.takesMs = 500
    await world.providing.start()
    await world.add('a')
    await world.clock.pass(100)
    const stopping = world.providing.stop()
    await world.clock.pass(1_000)
    await stopping
    expect(world.providing.info().state).toBe('stopped')
    await world.restart()
    await world.clock.pass(1_000)
    expect(new Set(world.provided)).toEqual(new Set(['a@0']))
  })
})
