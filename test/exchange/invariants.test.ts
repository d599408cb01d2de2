import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncProperty } from '../support/seed.ts'
import { blocks, Swarm, type SwarmPeer } from '../support/swarm.ts'

const BLOCKS = 24
const OTHERS = 3
const all = blocks(BLOCKS, 1_500)

const other = fc.integer({ min: 0, max: OTHERS - 1 })
const block = fc.integer({ min: 0, max: BLOCKS - 1 })

/** What may happen to a peer that fetches and to the three it fetches from. */
const event = fc.oneof(
  fc.record({ type: fc.constant('get' as const), block }),
  fc.record({ type: fc.constant('get' as const), block }),
  fc.record({ type: fc.constant('abort' as const), block }),
  fc.record({ type: fc.constant('put' as const), block, other }),
  fc.record({ type: fc.constant('put' as const), block, other }),
  fc.record({ type: fc.constant('connect' as const), other }),
  fc.record({ type: fc.constant('cut' as const), other }),
  fc.record({ type: fc.constant('leave' as const), other }),
  fc.record({ type: fc.constant('break' as const), other, ours: fc.boolean() }),
  fc.record({ type: fc.constant('stall' as const), other }),
  fc.record({ type: fc.constant('resume' as const), other }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20_000 }) })
)
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

interface Request {
  readonly block: number
  readonly abort: AbortController
  outcome: 'open' | 'served' | 'aborted'
}

class World {
  readonly swarm: Swarm
  readonly fetcher: SwarmPeer
  readonly others: readonly SwarmPeer[]
  readonly requests: Request[] = []
  readonly #wrong: string[] = []

  private constructor(swarm: Swarm, fetcher: SwarmPeer, others: readonly SwarmPeer[]) {
    this.swarm = swarm
    this.fetcher = fetcher
    this.others = others
  }

  static async create(): Promise<World> {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const others: SwarmPeer[] = []
    for (let i = 0; i < OTHERS; i++) others.push(await swarm.add(`other${i}`))
    return new World(swarm, fetcher, others)
  }

  async happen(what: Event): Promise<void> {
    const { swarm, fetcher } = this
    if (what.type === 'wait') return swarm.clock.advance(what.ms)
    if (what.type === 'get') {
      this.#get(what.block)
      return
    }
    if (what.type === 'abort') {
      for (const request of this.requests) if (request.block === what.block) request.abort.abort()
      return
    }
    const peer = this.others[what.other]
    if (peer === undefined) return
    if (what.type === 'put') return peer.has(all.slice(what.block, what.block + 1))
    const connected = swarm.hub.isConnected(fetcher.id, peer.id)
    if (what.type === 'connect') {
      if (!connected) await swarm.connect(fetcher, peer)
    } else if (!connected) return
    else if (what.type === 'cut') swarm.hub.cut(fetcher.id, peer.id)
    else if (what.type === 'leave') swarm.hub.disconnect(peer.id, fetcher.id)
    else if (what.type === 'stall') swarm.hub.stall(peer.id, fetcher.id)
    else if (what.type === 'resume') swarm.hub.resume(peer.id, fetcher.id)
    else if (what.ours) swarm.hub.breakStream(fetcher.id, peer.id)
    else swarm.hub.breakStream(peer.id, fetcher.id)
  }

  #get(index: number): void {
    const wanted = all[index]
    if (wanted === undefined) return
    const request: Request = { block: index, abort: new AbortController(), outcome: 'open' }
    this.requests.push(request)
    this.fetcher.bitswap.get(wanted.cid, { signal: request.abort.signal }).then(
      (bytes) => {
        request.outcome = 'served'
        if (!Buffer.from(bytes).equals(wanted.bytes)) this.#wrong.push(wanted.cid.toString())
        if (!this.fetcher.store.has(wanted.cid)) this.#wrong.push(`${wanted.cid.toString()} was not stored`)
      },
      () => (request.outcome = 'aborted')
    )
  }

  /** All faults end, everybody is there, and every block is somewhere. */
  async calm(): Promise<void> {
    const { swarm, fetcher } = this
    for (const peer of this.others) {
      if (swarm.hub.isConnected(fetcher.id, peer.id)) swarm.hub.resume(peer.id, fetcher.id)
      else await swarm.connect(fetcher, peer)
    }
    await this.others[0]?.has(all)
    await swarm.clock.advance(200_000)
  }

  check(): void {
    expect(this.#wrong).toEqual([])
    expect(this.requests.filter(({ outcome }) => outcome === 'open')).toEqual([])
    expect(this.fetcher.bitswap.wantlist()).toEqual([])
    for (const peer of this.others) {
      expect(peer.bitswap.wantlistOf(this.fetcher.id), `wants left at ${peer.id}`).toEqual([])
      const sent = peer.bitswap.ledger(this.fetcher.id)?.bytesSent ?? 0
      expect(this.fetcher.bitswap.ledger(peer.id)?.bytesReceived ?? 0).toBeLessThanOrEqual(sent)
    }
  }
}

describe('whatever happens to peers and connections', () => {
  it('every open want is in flight, scheduled or searched for; nothing wrong is handed out; no want dangles', async () => {
    await asyncProperty(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 60, size: 'max' }), async (events) => {
        const world = await World.create()
        for (const what of events) await world.happen(what)
        await world.calm()
        world.check()
        await world.swarm.stop(world.fetcher, ...world.others)
      }),
      { numRuns: 1_000 }
    )
  }, 120_000)
})
