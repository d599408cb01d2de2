import { describe, expect, it } from 'vitest'
import { ENTRIES_PER_TURN } from '../../src/engine/intake.ts'
import { fairShare } from '../../src/engine/strategies/fair-share.ts'
import type { Strategy } from '../../src/engine/strategy.ts'
import { toPeerId } from '../../src/ids.ts'
import type { PeerId } from '../../src/ids.ts'
import { createMessage } from '../../src/message/message.ts'
import type { EngineOptions } from '../../src/options.ts'
import { ask, bert, EngineWorld, ernie, saying, want } from '../support/engine-world.ts'
import type { Sent } from '../support/engine-world.ts'
import { weighing } from '../support/weighing.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** Every partner in turn asks for `count` blocks of `size` bytes, which are there. Nothing is written until told. */
async function asked(
  peers: readonly PeerId[],
  count: number,
  size: number,
  options: Partial<EngineOptions> = {},
  strategy: Strategy = fairShare
): Promise<EngineWorld> {
  const world = new EngineWorld(options, strategy).connect(...peers)
  world.autoWrite = false
  for (let i = 0; i < count; i++) world.store.put(`${i}`, size)
  for (const peer of peers) world.wants(peer, ...Array.from({ length: count }, (_, i) => want(`${i}`)))
  await world.clock.settle()
  return world
}

function bytesOf(sent: readonly Sent[]): number {
  return sent.reduce(
    (sum, { message }) => sum + message.blocks.reduce((all, { bytes }) => all + bytes.byteLength, 0),
    0
  )
}

/** Writes the oldest message under way, again and again; returns the bytes each partner got. */
async function writeOneByOne(world: EngineWorld, count: number): Promise<ReadonlyMap<PeerId, number>> {
  const got = new Map<PeerId, number>()
  for (let i = 0; i < count; i++) {
    const sent = world.sent.shift()
    if (sent === undefined) break
    got.set(sent.peer, (got.get(sent.peer) ?? 0) + bytesOf([sent]))
    sent.written()
    world.clock.advance(1)
    await world.clock.settle()
  }
  return got
}

describe('Engine batches', () => {
  it('fill messages to the target, highest priority first, up to the bytes in flight', async () => {
    const world = await asked([ernie], 1_000, 4 * KIB)
    const sent = world.take()
    expect(sent.map(({ message }) => message.blocks.length)).toEqual([64, 64, 64, 64])
    expect(bytesOf(sent)).toBe(MIB)
    expect(world.store.calls.get).toBe(bytesOf(sent) / (4 * KIB))
  })

  it('build the next while the former are being written, and tell what is pending', async () => {
    const world = await asked([ernie], 1_000, 4 * KIB)
    const [first, ...others] = world.take()
    expect(first?.message.pendingBytes).toBe(1_000 * 4 * KIB - bytesOf([first].filter((sent) => sent !== undefined)))
    expect(others.length).toBeGreaterThan(2)
    first?.written()
    await world.clock.settle()
    const [next] = world.take()
    const all = [first, ...others, next].filter((sent) => sent !== undefined)
    expect(next?.message.pendingBytes).toBe(1_000 * 4 * KIB - bytesOf(all))
    expect(next?.message.blocks.length).toBeGreaterThan(50)
  })

  it('carry one block that is larger than the target, and one larger than the bytes in flight alone', async () => {
    const world = await asked([ernie], 3, 2 * MIB)
    expect(world.take().map(({ message }) => message.blocks.length)).toEqual([1])
    expect(world.engine.stat()).toMatchObject({ inFlightMessages: 1, inFlightBytes: 2 * MIB, pendingTasks: 2 })
    const medium = await asked([bert], 10, 512 * KIB)
    expect(medium.take(bert).map(({ message }) => message.blocks.length)).toEqual([1, 1])
  })

  it('carry no more blocks than a message may have, however small', async () => {
    const options = { maxWantsPerPartner: 20_000, targetMessageBytes: MIB, uploadSlots: 1 }
    const world = new EngineWorld(options).connect(bert, ernie).has('slot')
    world.autoWrite = false
    world.wants(bert, want('slot'))
    await world.clock.settle()
    for (let i = 0; i < 10_000; i++) world.store.put(`${i}`, 0)
    world.wants(ernie, ...Array.from({ length: 10_000 }, (_, i) => want(`${i}`)))
    await world.clock.settle()
    world.take(bert).forEach((sent) => sent.written())
    await world.clock.settle()
    expect(world.take().map(({ message }) => message.blocks.length)).toEqual([4_096])
  })

  it('are sent by priority, the oldest first among equals', async () => {
    const world = new EngineWorld({ targetMessageBytes: 1 }).connect(ernie).has('a', 'b', 'c', 'd')
    world.wants(ernie, want('a', { priority: 1 }), want('b', { priority: 5 }), want('c', { priority: 1 }))
    world.wants(ernie, want('d', { priority: 9 }), want('c', { priority: 7 }))
    expect(await world.said()).toEqual(['block d', 'block c', 'block b', 'block a'])
  })

  it.each([false, true])('are sent by the priority told last (in a full list: %s)', async (full) => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const world = new EngineWorld({ targetMessageBytes: 1 }).connect(ernie).has(...names)
    world.wants(ernie, ...names.map((name, index) => want(name, { priority: 100 - index })))
    const wants = names.map((name, index) => want(name, { priority: 200 + index }))
    void world.engine.receivedWants(ernie, createMessage({ full, wants }))
    expect(await world.said()).toEqual(names.toReversed().map((name) => `block ${name}`))
  })

  it('read blocks only when they fit: a partner that does not read costs little', async () => {
    const world = await asked([ernie], 1_024, 128 * KIB)
    expect(world.store.calls.get).toBeLessThanOrEqual(8)
    await world.clock.pass(60_000)
    expect(world.store.calls.get).toBeLessThanOrEqual(8)
    expect(world.engine.stat().inFlightBytes).toBeLessThanOrEqual(MIB)
  })
})

describe('Engine presences', () => {
  it('leave at once, with the blocks at hand', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.wants(ernie, want('a'), want('b', { type: 'have' }), ask('x'))
    await world.clock.settle()
    expect(world.take().map(({ message }) => saying(message))).toEqual([['have b', 'dont-have x', 'block a']])
  })

  it('do not wait for the blocks to be read, nor for a slot', async () => {
    const world = new EngineWorld({ uploadSlots: 1 }).connect(ernie, bert).has('a', 'b')
    world.autoWrite = false
    world.wants(ernie, want('a'))
    world.wants(bert, want('b'), ask('x'))
    world.store.isAsync = true
    world.clock.flush()
    expect(world.take(bert).map(({ message }) => saying(message))).toEqual([['dont-have x']])
    await world.clock.settle()
    expect(world.take(ernie).map(({ message }) => saying(message))).toEqual([['block a']])
    expect(world.engine.stat()).toMatchObject({ waitingPartners: 1, inFlightMessages: 1 })
  })

  it('go many to a message, and of a long list a message for each turn', async () => {
    const world = new EngineWorld({ maxWantsPerPartner: 20_000 }).connect(ernie)
    world.wants(ernie, ...Array.from({ length: 20_000 }, (_, i) => ask(`${i}`)))
    await world.clock.settle()
    const lengths = world.take().map(({ message }) => message.presences.length)
    expect(lengths).toEqual([...Array.from({ length: 19 }, () => ENTRIES_PER_TURN), 20_000 - 19 * ENTRIES_PER_TURN])
  })
})

describe('Engine with free slots (invariant 8: whoever waits is served, whatever the strategy says)', () => {
  it.each([0, 1e-9, Number.NaN])('weight %d', async (weight) => {
    const peers = Array.from({ length: 10 }, (_, i) => toPeerId(`${i}`))
    const world = await asked(
      peers,
      2,
      KIB,
      {},
      weighing(() => weight)
    )
    expect(peers.map((peer) => bytesOf(world.take(peer)))).toEqual(Array(10).fill(2 * KIB))
    expect(world.engine.stat().waitingPartners).toBe(0)
    expect(world.logged).toEqual([])
  })

  it('one partner at its bound is in nobody’s way', async () => {
    const world = await asked([ernie], 100, 256 * KIB)
    world.connect(bert)
    world.wants(bert, want('1'))
    await world.clock.settle()
    expect(world.take(bert)).toHaveLength(1)
  })
})

describe('Engine with scarce slots', () => {
  it('never has more messages under way than slots', async () => {
    const peers = Array.from({ length: 10 }, (_, i) => toPeerId(`${i}`))
    const world = await asked(peers, 20, 64 * KIB, { uploadSlots: 3 })
    for (let i = 0; i < 30; i++) {
      expect(world.engine.stat().inFlightMessages).toBe(3)
      await writeOneByOne(world, 1)
    }
  })

  it('shares bytes by weight', async () => {
    const strategy = weighing(({ peer }) => (peer === ernie ? 1 : 3))
    const world = await asked(
      [ernie, bert],
      1_000,
      16 * KIB,
      { uploadSlots: 1, targetMessageBytes: 64 * KIB },
      strategy
    )
    const got = await writeOneByOne(world, 200)
    expect((got.get(bert) ?? 0) / (got.get(ernie) ?? 0)).toBeCloseTo(3, 0)
    expect(world.ledger.get(bert)?.bytesSent).toBe(got.get(bert))
    expect(world.ledger.get(ernie)?.bytesSent).toBe(got.get(ernie))
  })

  it('serves a light newcomer after at most one turn of the heavy ones', async () => {
    const heavy = Array.from({ length: 10 }, (_, i) => toPeerId(`heavy ${i}`))
    const world = await asked(heavy, 50, 256 * KIB, { uploadSlots: 1 })
    await writeOneByOne(world, 40)
    world.connect(ernie)
    world.wants(ernie, want('1'))
    const got = await writeOneByOne(world, 3)
    expect(got.get(ernie)).toBe(256 * KIB)
  })

  it('partners that do not read cost the others little', async () => {
    const stalled = Array.from({ length: 64 }, (_, i) => toPeerId(`stalled ${i}`))
    const world = await asked(stalled, 20, 256 * KIB)
    world.connect(ernie)
    world.wants(ernie, ...Array.from({ length: 20 }, (_, i) => want(`${i}`)))
    let waitedMs = 0
    for (; world.ledger.get(ernie)?.bytesSent !== 20 * 256 * KIB && waitedMs < 60_000; waitedMs += 50) {
      await world.clock.pass(50)
      world.take(ernie).forEach((sent) => sent.written())
    }
    expect(waitedMs).toBeLessThan(10_000)
    const before = world.clock.now()
    world.wants(ernie, ...Array.from({ length: 20 }, (_, i) => want(`${i}`)))
    for (let i = 0; i < 20; i++) {
      await world.clock.settle()
      world.take(ernie).forEach((sent) => sent.written())
    }
    expect(world.ledger.get(ernie)?.bytesSent).toBe(40 * 256 * KIB)
    expect(world.clock.now()).toBe(before)
    expect(world.engine.stat().inFlightBytes).toBeLessThanOrEqual(64 * MIB)
  })

  it('a partner that reads again is served like any other', async () => {
    const world = await asked([ernie, bert], 100, 256 * KIB, { uploadSlots: 2 })
    const [stuck, ...others] = world.take(ernie)
    for (let i = 0; i < 10; i++) {
      world.take(bert).forEach((sent) => sent.written())
      await world.clock.pass(500)
    }
    expect(others).toEqual([])
    stuck?.written()
    const got = await writeOneByOne(world, 40)
    expect(got.get(ernie)).toBeGreaterThan(15 * 256 * KIB)
  })
})
