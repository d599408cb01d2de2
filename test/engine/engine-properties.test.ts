import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairShare } from '../../src/engine/strategies/fair-share.ts'
import { toPeerId } from '../../src/ids.ts'
import type { PeerId } from '../../src/ids.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import { createMessage } from '../../src/message/message.ts'
import { cancel, EngineWorld, keyOf, want } from '../support/engine-world.ts'
import type { Sent } from '../support/engine-world.ts'
import { asyncProperty } from '../support/seed.ts'
import { weighing } from '../support/weighing.ts'

const PEERS = ['ernie', 'bert', 'oscar'].map(toPeerId)
const NAMES = Array.from({ length: 12 }, (_, i) => `block ${i}`)
/** By name: empty, small, larger than a batch, larger than what may be in flight, larger than bitswap carries. */
const SIZES = [0, 10, 1_024, 1_025, 5_000, 9_000, 9_000, 9_000, 30_000, 70_000, 200_000, MAX_BLOCK_BYTES + 1]

const OPTIONS = {
  maxWantsPerPartner: 6,
  uploadSlots: 2,
  targetMessageBytes: 10_000,
  maxInFlightBytesPerPartner: 40_000
}

const peer = fc.constantFrom(...PEERS)
const name = fc.constantFrom(...NAMES)
const entry = fc
  .record({
    name,
    type: fc.constantFrom('block', 'have'),
    priority: fc.integer({ min: 0, max: 3 }),
    sendDontHave: fc.boolean()
  })
  .map(({ name, ...parts }) => want(name, parts))

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wants' as const),
      peer,
      wants: fc.array(entry, { maxLength: 10 }),
      full: fc.boolean()
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('cancels' as const), peer, names: fc.array(name, { maxLength: 4 }) })
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('store' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), pick: fc.nat(5), fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ill' as const), size: fc.boolean(), get: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const), peer }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 10, 1_000, 12_000) }) }
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const strategy = weighing(({ peer, queuedTasks }) => (peer === 'oscar' ? 0 : peer === 'bert' ? 3 : queuedTasks))

/** Runs steps against an engine, and keeps its own account of what was written. */
class Story {
  readonly world = new EngineWorld(OPTIONS, strategy)
  readonly writtenBytes = new Map<PeerId, number>()
  /** Messages under way, also those to partners that left. */
  underWay: Sent[] = []

  constructor(isAsync: boolean) {
    this.world.autoWrite = false
    this.world.store.isAsync = isAsync
    for (const [index, each] of NAMES.entries()) if (index % 3 > 0) this.world.store.put(each, SIZES[index])
    this.world.connect(...PEERS)
  }

  async take(each: Step): Promise<void> {
    const { world } = this
    switch (each.do) {
      case 'wants':
        void world.engine.receivedWants(each.peer, createMessage({ wants: each.wants, full: each.full }))
        break
      case 'cancels':
        void world.engine.receivedWants(each.peer, createMessage({ cancels: each.names.map(cancel) }))
        break
      case 'store':
        world.stores(each.name, SIZES[NAMES.indexOf(each.name)])
        break
      case 'delete':
        world.store.blocks.delete(keyOf(each.name))
        break
      case 'write':
        this.#finish(each.pick, each.fails)
        break
      case 'ill':
        world.store.failing = {
          size: each.size ? new Error('EIO') : undefined,
          get: each.get ? new Error('EIO') : undefined
        }
        break
      case 'reconnect':
        world.engine.disconnected(each.peer)
        world.connect(each.peer)
        break
      case 'pass':
        await world.clock.pass(each.ms)
    }
    this.underWay.push(...world.sent.splice(0))
  }

  /** Everything works again, and every write succeeds, until nothing more is to be sent. */
  async calmDown(): Promise<void> {
    this.world.store.failing = {}
    for (let i = 0; i < 60; i++) {
      await this.world.clock.pass(1_000)
      this.underWay.push(...this.world.sent.splice(0))
      while (this.underWay.length > 0) this.#finish(0, false)
    }
    await this.world.clock.settle()
  }

  #finish(pick: number, fails: boolean): void {
    const [sent] = this.underWay.splice(pick % Math.max(1, this.underWay.length), 1)
    if (sent === undefined) return
    if (fails) {
      sent.fails()
      return
    }
    const bytes = sent.message.blocks.reduce((sum, block) => sum + block.bytes.byteLength, 0)
    this.writtenBytes.set(sent.peer, (this.writtenBytes.get(sent.peer) ?? 0) + bytes)
    sent.written()
  }
}

const stories = fc.array(step, { minLength: 1, maxLength: 60 })

describe('Engine, whatever happens', () => {
  it('keeps its bounds at every step (invariant 7)', async () => {
    await asyncProperty(
      fc.asyncProperty(stories, fc.boolean(), async (steps, isAsync) => {
        const story = new Story(isAsync)
        for (const each of steps) {
          await story.take(each)
          const { engine } = story.world
          const stat = engine.stat()
          for (const who of PEERS)
            expect(engine.wantlistOf(who).length).toBeLessThanOrEqual(OPTIONS.maxWantsPerPartner + 640)
          expect(stat.pendingTasks).toBeLessThanOrEqual(PEERS.length * OPTIONS.maxWantsPerPartner)
          expect(stat.standingKeys).toBeLessThanOrEqual(NAMES.length)
          expect(stat.inFlightBytes).toBeLessThanOrEqual(PEERS.length * 200_000)
          expect(stat.inFlightBytes).toBeGreaterThanOrEqual(0)
          expect(stat.pendingBytes).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 150 }
    )
  })

  it('ledgers hold the bytes that were written, and no others (invariant 6)', async () => {
    await asyncProperty(
      fc.asyncProperty(stories, fc.boolean(), async (steps, isAsync) => {
        const story = new Story(isAsync)
        for (const each of steps) await story.take(each)
        await story.calmDown()
        for (const who of PEERS) {
          expect(story.world.ledger.get(who)?.bytesSent ?? 0).toBe(story.writtenBytes.get(who) ?? 0)
        }
      }),
      { numRuns: 150 }
    )
  })

  it('serves every want it can, in the end, and nobody waits while a slot is free (invariant 8)', async () => {
    await asyncProperty(
      fc.asyncProperty(stories, fc.boolean(), async (steps, isAsync) => {
        const story = new Story(isAsync)
        for (const each of steps) {
          await story.take(each)
          await story.world.clock.settle()
          const { waitingPartners, inFlightMessages } = story.world.engine.stat()
          if (inFlightMessages < OPTIONS.uploadSlots) expect(waitingPartners).toBe(0)
        }
        await story.calmDown()
        const { store, engine } = story.world
        for (const who of PEERS) {
          for (const { key } of engine.wantlistOf(who)) {
            const size = store.blocks.get(key)?.byteLength
            if (size !== undefined) expect(size).toBeGreaterThan(MAX_BLOCK_BYTES)
          }
        }
        expect(engine.stat()).toMatchObject({
          pendingTasks: 0,
          inFlightBytes: 0,
          inFlightMessages: 0,
          activeLookups: 0
        })
      }),
      { numRuns: 150 }
    )
  })

  it('leaves nothing behind when all have left', async () => {
    await asyncProperty(
      fc.asyncProperty(stories, fc.boolean(), fc.boolean(), async (steps, isAsync, isLate) => {
        const story = new Story(isAsync)
        for (const each of steps) await story.take(each)
        if (!isLate) await story.world.clock.settle()
        for (const who of PEERS) story.world.engine.disconnected(who)
        await story.calmDown()
        expect(story.world.engine.stat()).toMatchObject({
          wants: 0,
          standingKeys: 0,
          activeLookups: 0,
          waitingPartners: 0,
          pendingTasks: 0,
          pendingBytes: 0,
          inFlightBytes: 0,
          inFlightMessages: 0
        })
        expect([story.world.clock.timers, story.world.clock.deferred]).toEqual([0, 0])
        expect(story.world.engine.partners()).toEqual([])
      }),
      { numRuns: 150 }
    )
  })

  it('never throws at what a peer sends, and answers each want at most once at a time', async () => {
    await asyncProperty(
      fc.asyncProperty(fc.array(fc.array(entry, { maxLength: 20 }), { maxLength: 20 }), async (messages) => {
        const world = new EngineWorld({ maxWantsPerPartner: 100 }, fairShare).connect(...PEERS)
        for (const [index, each] of NAMES.entries()) if (index % 2 === 0) world.store.put(each, SIZES[index])
        const [ernie] = PEERS
        if (ernie === undefined) return
        for (const wants of messages) world.wants(ernie, ...wants)
        const said = await world.said(ernie)
        expect(new Set(said).size).toBe(said.length)
        expect(world.sent).toEqual([])
      }),
      { numRuns: 150 }
    )
  })
})
