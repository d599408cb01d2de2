import { describe, expect, it } from 'vitest'
import type { Provider } from '../../src/ports.ts'
import { CompositeRouter, type AskOptions, type CompositeOptions } from '../../src/routing/composite-router.ts'
import { NobodyToTellError, type Router } from '../../src/routing/router.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { cid } from '../support/names.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { brokenRouter, deafRouter, endlessRouter, listRouter, peerNamed, providerNamed } from '../support/routers.ts'

const HOME = '/ip4/192.0.2.7/tcp/4001'

class World {
  readonly clock = new ManualClock()
  readonly logger = new RecordingLogger()
  readonly composite: CompositeRouter
  /** Bounded: by the test. */
  readonly found: Provider[] = []
  /** Bounded: by the test. */
  readonly failures: string[] = []
  ended: unknown = 'no'

  constructor(routers: readonly Router[], options: Partial<CompositeOptions> = {}) {
    this.composite = new CompositeRouter(
      routers,
      { clock: this.clock, logger: this.logger, self: peerNamed('self') },
      options
    )
  }

  /** Searches until it ends by itself, or for so many providers. */
  async search(max = Infinity, options: AskOptions = {}): Promise<void> {
    const onFailure = (router: string): void => void this.failures.push(router)
    try {
      for await (const provider of this.composite.findProviders(cid('a'), { onFailure, ...options })) {
        this.found.push(provider)
        if (this.found.length >= max) break
      }
      this.ended = 'yes'
    } catch (error) {
      this.ended = error
    }
  }

  get peers(): unknown[] {
    return this.found.map(({ peer }) => peer)
  }
}

describe('CompositeRouter.findProviders', () => {
  it('asks all at once, and names each peer once', async () => {
    const clock = new ManualClock()
    const slow = listRouter('slow', [providerNamed('a'), providerNamed('b')], clock, 100)
    const fast = listRouter('fast', [providerNamed('b')], clock, 10)
    const composite = new CompositeRouter([slow, fast], { clock, logger: new RecordingLogger() })
    const found: [number, unknown][] = []
    const search = (async () => {
      for await (const { peer } of composite.findProviders(cid('a'))) found.push([clock.now(), peer])
    })()
    await clock.pass(1_000)
    await search
    expect(found).toEqual([
      [10, peerNamed('b')],
      [100, peerNamed('a')]
    ])
    expect(clock.timers).toBe(0)
  })

  it('names a peer again when an address of it comes to be known, and then no more', async () => {
    const [bare, full, other] = [
      providerNamed('a'),
      providerNamed('a', [HOME]),
      providerNamed('a', ['/ip4/192.0.2.8/tcp/1'])
    ]
    const world = new World([listRouter('one', [bare, bare, full]), listRouter('two', [bare, full, other])])
    await world.search()
    expect(world.found).toEqual([bare, full])
  })

  it('one that is broken and one that is deaf keep nobody waiting for the third', async () => {
    const world = new World([deafRouter(), brokenRouter(), listRouter('third', [providerNamed('a')])])
    const search = world.search()
    await world.clock.settle()
    expect([world.peers, world.failures]).toEqual([[peerNamed('a')], ['broken']])
    await world.clock.pass(59_999)
    expect(world.ended).toBe('no')
    await world.clock.pass(1)
    await search
    expect([world.ended, world.failures, world.clock.timers]).toEqual(['yes', ['broken', 'deaf'], 0])
  })

  it('bound: from one router it takes so many and no more, and hears no more nonsense than a few times that', async () => {
    const flood = endlessRouter('flood')
    const nonsense = endlessRouter('nonsense', () => ({ addresses: ['nowhere'] }))
    const parrot = endlessRouter('parrot', () => providerNamed('same'))
    const world = new World([flood, nonsense, parrot], { maxPerRouter: 5 })
    await world.search()
    expect(world.found.length).toBe(6)
    expect([flood.count, nonsense.count, parrot.count]).toEqual([5, 20, 20])
  })

  it('hears routers in turn: what one says is not behind all that another has said before', async () => {
    const flood = listRouter(
      'flood',
      Array.from({ length: 20 }, (_, number) => providerNamed(`fake${number}`))
    )
    const honest = listRouter('honest', [providerNamed('real1'), providerNamed('real2')])
    const composite = new CompositeRouter([flood, honest], new World([]))
    const search = composite.findProviders(cid('a'))
    const order: unknown[] = []
    for (let read = 0; read < 6; read++) {
      // A reader that connects to each takes longer than routers that talk.
      await new Promise((resolve) => setImmediate(resolve))
      const next = await search.next()
      if (next.done !== true) order.push(next.value.peer)
    }
    await search.return(undefined)
    expect(order.slice(0, 4)).toContain(peerNamed('real1'))
    expect(order).toContain(peerNamed('real2'))
  })

  it('never names this peer itself', async () => {
    const world = new World([listRouter('one', [providerNamed('self', [HOME]), providerNamed('a')])])
    await world.search()
    expect(world.peers).toEqual([peerNamed('a')])
  })

  it('rejects with the reason when aborted, and routers are told', async () => {
    let told: AbortSignal | undefined
    const heeding: Router = {
      name: 'heeding',
      async *findProviders(_cid, options) {
        told = options?.signal
        await new Promise((resolve) => told?.addEventListener('abort', resolve))
        yield* []
      }
    }
    const world = new World([heeding, deafRouter()])
    const abort = new AbortController()
    const search = world.search(Infinity, { signal: abort.signal })
    await world.clock.settle()
    abort.abort(new Error('enough'))
    await search
    expect([world.ended, told?.aborted, world.clock.timers]).toEqual([new Error('enough'), true, 0])
    await world.search(Infinity, { signal: abort.signal })
    expect(world.ended).toEqual(new Error('enough'))
  })

  it('whoever has enough ends it for all', async () => {
    const flood = endlessRouter()
    const world = new World([flood, deafRouter()])
    await world.search(2)
    await world.clock.settle()
    expect([world.found.length, world.clock.timers, flood.count <= 20]).toEqual([2, 0, true])
  })

  it('without routers there is nobody, at once', async () => {
    const world = new World([])
    await world.search()
    expect([world.found, world.ended]).toEqual([[], 'yes'])
  })
})

describe('CompositeRouter.findPeer', () => {
  it('takes the first answer with an address, of the peer that was asked for', async () => {
    const wrong: Router = { ...listRouter('wrong', []), findPeer: () => Promise.resolve(providerNamed('b', [HOME])) }
    const bare = listRouter('bare', [providerNamed('a')])
    const right = listRouter('right', [providerNamed('a', [HOME])])
    const world = new World([deafRouter(), brokenRouter(), wrong, bare, right])
    expect(await world.composite.findPeer(peerNamed('a'))).toEqual(providerNamed('a', [HOME]))
  })

  it('is undefined when nobody knows, as late as the slowest may be', async () => {
    const world = new World([deafRouter(), listRouter('other', [])], { deadlineMs: 5_000 })
    const asking = world.composite.findPeer(peerNamed('a'), { onFailure: (router) => world.failures.push(router) })
    await world.clock.pass(5_000)
    expect([await asking, world.failures, world.clock.timers]).toEqual([undefined, ['deaf'], 0])
  })
})

describe('CompositeRouter.provide', () => {
  const taking = (name: string, count: number): Router => ({
    ...listRouter(name, []),
    provide: () => Promise.resolve(count)
  })

  it('tells every router that takes records; those that fail do not matter while one took it', async () => {
    const world = new World([taking('dht', 3), taking('empty', 0), brokenRouter(), listRouter('reads only', [])])
    expect([await world.composite.provide(cid('a')), world.composite.canProvide]).toEqual([['dht'], true])
  })

  it('rejects when nobody took it, and says why', async () => {
    const world = new World([taking('empty', 0), brokenRouter()])
    await expect(world.composite.provide(cid('a'))).rejects.toMatchObject({
      code: 'ERR_NOT_PROVIDED',
      message: 'no peer took the record (broken: out of order)'
    })
    const empty: Router = { ...listRouter('dht', []), provide: () => Promise.reject(new NobodyToTellError()) }
    await expect(new World([empty]).composite.provide(cid('a'))).rejects.toMatchObject({ nobody: true })
    await expect(new World([empty, brokenRouter()]).composite.provide(cid('a'))).rejects.toMatchObject({
      nobody: false
    })
    await expect(new World([]).composite.provide(cid('a'))).rejects.toMatchObject({ code: 'ERR_NOT_PROVIDED' })
  })

  it('does not wait for a deaf router longer than its time', async () => {
    const world = new World([taking('dht', 1), deafRouter()], { deadlineMs: 1_000 })
    const telling = world.composite.provide(cid('a'))
    await world.clock.pass(1_000)
    expect(await telling).toEqual(['dht'])
  })

  it('rejects with the reason when aborted', async () => {
    const world = new World([deafRouter()])
    const abort = new AbortController()
    const telling = world.composite.provide(cid('a'), { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(telling).rejects.toThrow('enough')
    expect(world.clock.timers).toBe(0)
  })
})
