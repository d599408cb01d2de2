import { describe, expect, it } from 'vitest'
import {
  ENTRIES_PER_TURN,
  ENTRIES_PER_TURN_ALL,
  FEW_ENTRIES,
  MAX_UNTAKEN_PRESENCES_ALL,
  MAX_WAITING_ENTRIES,
  MAX_WAITING_ENTRIES_ALL
} from '../../src/engine/intake.ts'
import { toPeerId } from '../../src/ids.ts'
import type { PeerId } from '../../src/ids.ts'
import { createMessage } from '../../src/message/message.ts'
import type { WantEntry } from '../../src/message/message.ts'
import { ask, bert, cancel, EngineWorld, ernie, want } from '../support/engine-world.ts'

function asks(prefix: string, count: number): readonly WantEntry[] {
  return Array.from({ length: count }, (_, i) => ask(`${prefix}${i}`))
}

function tell(world: EngineWorld, peer: PeerId, message: Parameters<typeof createMessage>[0]): void {
  void world.engine.receivedWants(peer, createMessage(message))
}

/** Lookups made in each turn of the event loop until all is handled. */
async function turns(world: EngineWorld): Promise<number[]> {
  const lookups: number[] = []
  const watch = (): void => {
    const { size } = world.store.calls
    lookups.push(size)
    world.store.calls.size = 0
    if (world.engine.stat().waitingEntries === 0) return
    // When nothing was looked up, answers have to be taken first, which is not done in a turn.
    if (size > 0) world.clock.defer(watch)
    else queueMicrotask(() => world.clock.defer(watch))
  }
  world.clock.defer(watch)
  await world.clock.settle()
  return lookups
}

describe('Engine, told more than it handles in one turn', () => {
  it.each([false, true])('handles the largest wantlist in pieces (full: %s)', async (isFull) => {
    const world = new EngineWorld().connect(ernie)
    tell(world, ernie, { full: isFull, wants: asks('', MAX_WAITING_ENTRIES) })
    const lookups = await turns(world)
    expect(Math.max(...lookups)).toBeLessThanOrEqual(2 * ENTRIES_PER_TURN)
    expect(lookups.length).toBeGreaterThanOrEqual(MAX_WAITING_ENTRIES / ENTRIES_PER_TURN - 1)
    expect((await world.said()).length).toBe(MAX_WAITING_ENTRIES)
    expect(world.engine.stat()).toMatchObject({
      wants: 1_024,
      waitingEntries: 0,
      entriesDropped: 0,
      presencesDropped: 0
    })
  })

  it('answers others at once in the meantime', async () => {
    const world = new EngineWorld().connect(ernie, bert).has('a')
    tell(world, ernie, { wants: asks('', 20_000) })
    tell(world, bert, { wants: [want('a')] })
    expect(world.engine.stat()).toMatchObject({ pendingTasks: 1, waitingEntries: 20_000 - ENTRIES_PER_TURN })
    expect(await world.said(bert)).toEqual(['block a'])
  })

  it('counts many short messages together', async () => {
    const world = new EngineWorld().connect(ernie)
    for (let i = 0; i < 3_000; i++) world.wants(ernie, ask(`${i}`))
    expect(world.store.calls.size).toBe(ENTRIES_PER_TURN)
    expect(Math.max(...(await turns(world)))).toBeLessThanOrEqual(2 * ENTRIES_PER_TURN)
  })

  it('keeps the order: a cancel after a long list takes back what that has', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    tell(world, ernie, { wants: [...asks('', 5_000), want('a'), want('b')] })
    tell(world, ernie, { cancels: [cancel('a')] })
    expect((await world.said()).filter((said) => said.startsWith('block'))).toEqual(['block b'])
  })

  it('a full list is the last word on all that waits, and on what is kept', async () => {
    const world = new EngineWorld().connect(ernie)
    world.wants(ernie, want('old'), want('kept'))
    tell(world, ernie, { wants: asks('void', 30_000) })
    tell(world, ernie, { full: true, wants: [want('kept'), ...asks('', 3_000)] })
    tell(world, ernie, { cancels: asks('', 3_000) })
    await world.clock.settle()
    expect(world.wantlist()).toEqual(['kept'])
    expect(world.engine.stat()).toMatchObject({ entriesDropped: 0, waitingEntries: 0 })
  })

  it('drops, and counts, what goes beyond the largest message; cancels have room of their own', async () => {
    const world = new EngineWorld().connect(ernie)
    for (let i = 0; i < 2; i++) tell(world, ernie, { wants: asks(`${i}/`, 40_000) })
    tell(world, ernie, { cancels: asks('0/', 40_000) })
    const dropped = 80_000 - ENTRIES_PER_TURN - MAX_WAITING_ENTRIES
    expect(world.engine.stat()).toMatchObject({
      entriesDropped: dropped,
      waitingEntries: MAX_WAITING_ENTRIES + 40_000
    })
    await world.clock.settle()
    expect(world.engine.stat()).toMatchObject({ entriesDropped: dropped, waitingEntries: 0 })
    expect(world.wantlist().filter((name) => name.startsWith('0/'))).toEqual([])
  })

  it('holds so much of all partners together, and nothing of those that left', () => {
    const world = new EngineWorld()
    const wants = asks('', MAX_WAITING_ENTRIES)
    const peers = Array.from({ length: 18 }, (_, i) => toPeerId(`${i}`))
    world.connect(...peers)
    for (const peer of peers) tell(world, peer, { wants })
    const { waitingEntries } = world.engine.stat()
    expect(waitingEntries).toBeLessThanOrEqual(MAX_WAITING_ENTRIES_ALL)
    expect(waitingEntries).toBeGreaterThan(MAX_WAITING_ENTRIES_ALL - MAX_WAITING_ENTRIES)
    for (const peer of peers) world.engine.disconnected(peer)
    expect(world.engine.stat().waitingEntries).toBe(0)
    world.clock.flush()
    // Those who came later in the turn had no more than a few looked at.
    const early = ENTRIES_PER_TURN_ALL / ENTRIES_PER_TURN
    expect(world.store.calls.size).toBe(ENTRIES_PER_TURN_ALL + (18 - early) * FEW_ENTRIES)
  })

  it('answers those who want little at once, however much others ask for in the same turn', () => {
    const world = new EngineWorld()
    const peers = Array.from({ length: 40 }, (_, i) => toPeerId(`${i}`))
    world.connect(...peers, bert).has('a')
    for (const peer of peers) tell(world, peer, { wants: asks('', 4_000) })
    tell(world, bert, { wants: [want('a')] })
    expect(world.engine.stat()).toMatchObject({ pendingTasks: 1 })
  })

  it('leaves fewer answers untaken of each partner the more of them wait', async () => {
    const world = new EngineWorld()
    const peers = Array.from({ length: 64 }, (_, i) => toPeerId(`${i}`))
    world.connect(...peers)
    world.autoWrite = false
    for (const peer of peers) tell(world, peer, { wants: asks(`${peer} `, 2_000) })
    await world.clock.settle()
    const untaken = peers.flatMap((peer) => world.take(peer))
    const held = untaken.reduce((sum, { message }) => sum + message.presences.length, 0)
    expect(held).toBeGreaterThanOrEqual(MAX_UNTAKEN_PRESENCES_ALL)
    expect(held).toBeLessThanOrEqual(MAX_UNTAKEN_PRESENCES_ALL + 4 * ENTRIES_PER_TURN)
    world.autoWrite = true
    for (const sent of untaken) sent.written()
    await world.clock.settle()
    expect(world.engine.stat()).toMatchObject({ waitingEntries: 0, presencesDropped: 0 })
    expect(held + (await Promise.all(peers.map((peer) => world.said(peer)))).flat().length).toBe(64 * 2_000)
  })
})

describe('Engine, asked in vain', () => {
  const options = { missesPerSecond: 10, missesBurst: 100 }

  it('ignores what goes beyond the allowance, which grows again with time', async () => {
    const world = new EngineWorld(options).connect(ernie)
    world.wants(ernie, ...asks('a', 150))
    expect((await world.said()).length).toBe(100)
    expect(world.engine.stat()).toMatchObject({ wants: 100, wantsIgnored: 50 })
    await world.clock.pass(1_000)
    world.wants(ernie, ...asks('b', 150))
    expect((await world.said()).length).toBe(10)
    expect(world.engine.stat()).toMatchObject({ wants: 110, wantsIgnored: 190 })
  })

  it('counts what finds no room, and what is told again', async () => {
    const world = new EngineWorld({ ...options, maxWantsPerPartner: 10 }).connect(ernie)
    for (let i = 0; i < 3; i++) world.wants(ernie, ...asks('a', 50))
    await world.clock.settle()
    expect(world.engine.stat()).toMatchObject({ wants: 10, wantsIgnored: 50 })
  })

  it('takes nothing for what is served, and nothing from others', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `${i}`)
    const world = new EngineWorld(options).connect(ernie, bert).has(...names, 'b')
    world.wants(ernie, ...names.map((name) => want(name)))
    expect((await world.said()).length).toBe(500)
    world.wants(ernie, ...asks('a', 150))
    world.wants(bert, want('b'))
    expect(await world.said(bert)).toEqual(['block b'])
    expect(world.engine.stat()).toMatchObject({ blocksSent: 501, wantsIgnored: 50 })
  })

  it('takes the room for newcomers from those who do not read their answers', async () => {
    const world = new EngineWorld()
    const deaf = Array.from({ length: 6 }, (_, i) => toPeerId(`${i}`))
    world.connect(...deaf, ernie)
    world.autoWrite = false
    const wants = asks('', MAX_WAITING_ENTRIES)
    for (const peer of deaf) tell(world, peer, { wants })
    await world.clock.settle()
    const before = world.engine.stat()
    expect(before.waitingEntries).toBeGreaterThan(MAX_WAITING_ENTRIES_ALL - MAX_WAITING_ENTRIES)
    world.autoWrite = true
    tell(world, ernie, { wants })
    await world.clock.settle()
    const answers = world.take(ernie).reduce((sum, { message }) => sum + message.presences.length, 0)
    expect(answers).toBe(MAX_WAITING_ENTRIES)
    expect(world.engine.stat().entriesDropped - before.entriesDropped).toBeLessThanOrEqual(MAX_WAITING_ENTRIES)
  })

  it('says when all that a partner told has been looked at, also when it leaves before', async () => {
    const world = new EngineWorld().connect(ernie, bert)
    const events: string[] = []
    const told = (peer: PeerId, count: number): unknown =>
      world.engine.receivedWants(peer, createMessage({ wants: asks('', count) }))
    expect(told(ernie, ENTRIES_PER_TURN)).toBeUndefined()
    for (const peer of [ernie, bert]) {
      const handled = told(peer, 5 * ENTRIES_PER_TURN)
      if (handled instanceof Promise) void handled.then(() => events.push(peer))
    }
    await Promise.resolve()
    expect(events).toEqual([])
    world.engine.disconnected(bert)
    await Promise.resolve()
    expect(events).toEqual([bert])
    await world.clock.settle()
    expect(events).toEqual([bert, ernie])
  })
})
