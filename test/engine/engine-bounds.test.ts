import { describe, expect, it } from 'vitest'
import { ENTRIES_PER_TURN, MAX_UNTAKEN_PRESENCES } from '../../src/engine/intake.ts'
import { MAX_LOOKUPS } from '../../src/engine/lookups.ts'
import { MAX_PRESENCES_HELD } from '../../src/engine/partner.ts'
import { toPeerId } from '../../src/ids.ts'
import { createMessage } from '../../src/message/message.ts'
import { ask, cancel, EngineWorld, ernie, want } from '../support/engine-world.ts'

/** `count` wants that ask for dont-have, with rising priority. */
function asks(prefix: string, count: number, priority = 0): ReturnType<typeof ask>[] {
  return Array.from({ length: count }, (_, i) => ask(`${prefix}${i}`, 'block', priority + i))
}

/** A partner whose wantlist of 8 is full of wants for blocks that are here, and which is sent nothing. */
async function full(isHere: (index: number) => boolean = () => true): Promise<EngineWorld> {
  const world = new EngineWorld({ maxWantsPerPartner: 8, uploadSlots: 1, targetMessageBytes: 1 })
  const blocker = toPeerId('blocker')
  world.connect(blocker, ernie)
  world.autoWrite = false
  for (const name of ['block', ...Array.from({ length: 8 }, (_, i) => `old${i}`).filter((_, i) => isHere(i))])
    world.has(name)
  world.wants(blocker, want('block'))
  await world.clock.settle()
  world.wants(ernie, ...asks('old', 8, 100))
  await world.clock.settle()
  for (const sent of world.take()) sent.written()
  return world
}

describe('Engine wantlists, bounded', () => {
  it('grow exactly to the bound, over several messages', async () => {
    const world = new EngineWorld({ maxWantsPerPartner: 50 }).connect(ernie)
    world.wants(ernie, ...asks('a', 30))
    world.wants(ernie, ...asks('b', 30))
    await world.clock.settle()
    expect(world.engine.wantlistOf(ernie)).toHaveLength(50)
    expect(world.engine.stat()).toMatchObject({ wants: 50, standingKeys: 50, overflowDropped: 10 })
  })

  it('go beyond the bound for blocks that are here, as far as there are shared places', async () => {
    const options = { maxWantsPerPartner: 50, maxSharedWants: 30, uploadSlots: 1, targetMessageBytes: 1 }
    const world = new EngineWorld(options).connect(ernie)
    world.autoWrite = false
    for (let i = 0; i < 90; i++) world.has(`a${i}`)
    world.wants(ernie, ...asks('a', 90), ...asks('b', 10, -100))
    await world.clock.settle()
    expect(world.engine.stat()).toMatchObject({ pendingTasks: 79, inFlightMessages: 1, standingKeys: 0 })
    expect((await world.said()).filter((what) => what.startsWith('dont-have'))).toHaveLength(20)
  })

  it('give their shared places back when their partner leaves', async () => {
    const world = new EngineWorld({ maxWantsPerPartner: 1, maxSharedWants: 9, uploadSlots: 1, targetMessageBytes: 1 })
    world.autoWrite = false
    for (let i = 0; i < 12; i++) world.has(`a${i}`)
    for (const peer of [ernie, toPeerId('blocker'), ernie]) {
      world.connect(peer)
      world.wants(peer, ...asks('a', 11))
      await world.clock.settle()
      expect(world.engine.wantlistOf(peer)).toHaveLength(10)
      world.engine.disconnected(peer)
    }
  })

  it('keep the best of one huge message', async () => {
    const world = new EngineWorld({ maxWantsPerPartner: 50 }).connect(ernie)
    world.wants(ernie, ...asks('a', 5_000))
    await world.clock.settle()
    expect(Math.min(...world.engine.wantlistOf(ernie).map(({ priority }) => priority))).toBe(4_950)
    expect((await world.said()).length).toBe(5_000)
  })

  it('wants for blocks we have displace wants for blocks we lack, whatever their priority', async () => {
    const world = await full(() => false)
    const fresh = asks('new', 8, 1)
    for (let i = 0; i < 7; i++) world.has(`new${i}`)
    world.wants(ernie, ...fresh)
    await world.clock.settle()
    // The last one is not here: it lost against an older one of higher priority, and is told so.
    expect(world.wantlist()).toEqual([...Array.from({ length: 7 }, (_, i) => `new${i}`), 'old7'].toSorted())
    expect(await world.said()).toEqual(['dont-have new7'])
  })

  it('low priorities get in only where a want lacks its block', async () => {
    const world = await full((index) => index !== 3)
    const low = asks('low', 5, 1)
    for (let i = 0; i < 5; i++) world.has(`low${i}`)
    world.wants(ernie, ...low)
    await world.clock.settle()
    expect(world.wantlist().filter((name) => name.startsWith('low'))).toEqual(['low4'])
    expect(world.wantlist()).not.toContain('old3')
    expect((await world.said()).toSorted()).toEqual([
      'dont-have low0',
      'dont-have low1',
      'dont-have low2',
      'dont-have low3'
    ])
  })

  it('high priorities displace lower ones, which are answered dont-have though the block is here', async () => {
    const world = await full()
    for (let i = 0; i < 5; i++) world.has(`high${i}`)
    world.wants(ernie, ...asks('high', 5, 1_000))
    await world.clock.settle()
    expect(world.wantlist()).toEqual(['high0', 'high1', 'high2', 'high3', 'high4', 'old5', 'old6', 'old7'])
    expect((await world.said()).toSorted()).toEqual(Array.from({ length: 5 }, (_, i) => `dont-have old${i}`))
    expect(world.engine.stat()).toMatchObject({ overflowDropped: 5, pendingTasks: 8 })
  })

  it('a want told again with a higher priority is not the next to go', async () => {
    const world = await full()
    world.has('new')
    world.wants(ernie, ask('old0', 'block', 900), ask('new', 'block', 500))
    await world.clock.settle()
    expect(world.wantlist()).toEqual(['new', 'old0', 'old2', 'old3', 'old4', 'old5', 'old6', 'old7'])
  })

  it('wants told again take no more room', async () => {
    const world = await full()
    for (let i = 0; i < 3; i++) world.wants(ernie, ...asks('old', 8, 100))
    await world.clock.settle()
    expect(world.engine.stat()).toMatchObject({ overflowDropped: 0, pendingTasks: 8 })
    expect(world.engine.wantlistOf(ernie)).toHaveLength(8)
  })

  it('what is being sent takes no room: a window that slides is never refused', async () => {
    const world = new EngineWorld({ maxWantsPerPartner: 100 }).connect(ernie)
    world.autoWrite = false
    for (let i = 0; i < 300; i++) world.store.put(`${i}`, 100)
    for (let i = 0; i < 300; i += 100) {
      world.wants(ernie, ...Array.from({ length: 100 }, (_, j) => want(`${i + j}`)))
      await world.clock.settle()
    }
    expect(world.engine.stat()).toMatchObject({ overflowDropped: 0, wants: 300, inFlightBytes: 30_000 })
  })
})

describe('Engine, flooded', () => {
  it('by want and cancel, over and over: keeps nothing', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.store.isAsync = true
    // As many entries as are handled in one turn.
    for (let i = 0; i < ENTRIES_PER_TURN / 4; i++) {
      const wants = [ask(`${i}`), want('a')]
      const cancels = wants.map(({ cid, key }) => ({ ...cancel('a'), cid, key }))
      void world.engine.receivedWants(ernie, createMessage({ wants }))
      void world.engine.receivedWants(ernie, createMessage({ cancels }))
    }
    expect(world.engine.stat().activeLookups).toBeLessThanOrEqual(MAX_LOOKUPS)
    expect(await world.said()).toEqual([])
    expect(world.store.calls.size).toBe(MAX_LOOKUPS)
    expect(world.engine.stat()).toMatchObject({ wants: 0, standingKeys: 0, pendingTasks: 0, activeLookups: 0 })
  })

  it('by one that leaves: what it asked for is not looked up any more', async () => {
    const world = new EngineWorld().connect(ernie)
    world.store.isAsync = true
    world.wants(ernie, ...asks('', 500))
    world.engine.disconnected(ernie)
    await world.clock.settle()
    expect(world.store.calls.size).toBe(MAX_LOOKUPS)
  })

  it('by alternating full lists: keeps the last', async () => {
    const world = new EngineWorld().connect(ernie)
    for (let i = 0; i < 100; i++) {
      void world.engine.receivedWants(ernie, createMessage({ full: true, wants: asks(`${i}/`, 500) }))
    }
    world.clock.flush()
    expect(world.engine.stat()).toMatchObject({ wants: 500, standingKeys: 500 })
    const said = await world.said()
    expect(said.length).toBeLessThan(1_000)
    expect(said.filter((answer) => answer.startsWith('dont-have 99/')).length).toBe(500)
  })

  it('by a partner that asks and does not read: holds so many presences, and its wants wait until it reads', async () => {
    const world = new EngineWorld().connect(ernie)
    world.autoWrite = false
    for (let i = 0; i < 35; i++) {
      world.wants(ernie, ...asks(`${i}/`, 1_000))
      await world.clock.settle()
    }
    const unread = world.take()
    const held = unread.reduce((sum, { message }) => sum + message.presences.length, 0)
    expect(held).toBeGreaterThanOrEqual(MAX_UNTAKEN_PRESENCES)
    expect(held).toBeLessThan(MAX_UNTAKEN_PRESENCES + ENTRIES_PER_TURN)
    expect(world.engine.stat()).toMatchObject({ waitingEntries: 35_000 - held, presencesDropped: 0 })
    world.autoWrite = true
    for (const sent of unread) sent.written()
    await world.clock.settle()
    expect((await world.said()).length).toBe(35_000 - held)
    expect(world.engine.stat()).toMatchObject({ waitingEntries: 0, wants: 1_024 })
  })

  it('by wants that are met with a have, all at once: holds so many presences, and drops the others', async () => {
    const world = new EngineWorld({ maxWantsPerPartner: 12_000, replaceHaveBytes: 0 }).connect(ernie)
    const names = Array.from({ length: 12_000 }, (_, i) => `${i}`)
    world.wants(ernie, ...names.map((name) => want(name, { type: 'have' })))
    await world.clock.settle()
    world.autoWrite = false
    for (const name of names) world.stores(name)
    await world.clock.settle()
    expect(world.engine.stat().presencesDropped).toBe(12_000 - MAX_PRESENCES_HELD)
  })

  it('by many partners with many wants each: keeps a thousand for each, nothing when they leave', () => {
    const world = new EngineWorld()
    const peers = Array.from({ length: 10 }, (_, i) => toPeerId(`${i}`))
    world.connect(...peers)
    for (const peer of peers) for (let i = 0; i < 2; i++) world.wants(peer, ...asks(`${peer}/${i}/`, 1_000))
    world.clock.flush()
    expect(world.engine.stat().wants).toBe(10 * 1_024)
    for (const peer of peers) world.engine.disconnected(peer)
    world.clock.flush()
    expect(world.engine.stat()).toMatchObject({ wants: 0, standingKeys: 0, pendingBytes: 0, waitingPartners: 0 })
    expect(world.engine.partners()).toEqual([])
  })
})
