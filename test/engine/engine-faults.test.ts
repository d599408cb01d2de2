import { describe, expect, it } from 'vitest'
import { RETRY_MS } from '../../src/engine/lookups.ts'
import { MAX_FAILURES, REST_MS } from '../../src/engine/uploads.ts'
import { ask, bert, EngineWorld, ernie, keyOf, saying, want } from '../support/engine-world.ts'

/** Lets every write fail until nothing more is tried; returns what was said each time. */
async function failAll(world: EngineWorld): Promise<readonly (readonly string[])[]> {
  const said: (readonly string[])[] = []
  for (let i = 0; i < 20; i++) {
    await world.clock.pass(REST_MS)
    for (const sent of world.take()) {
      said.push(saying(sent.message))
      sent.fails()
    }
  }
  return said
}

describe('Engine, when a write fails', () => {
  it('tries again, presences included, and accounts for one success only', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.autoWrite = false
    world.wants(ernie, want('a'), ask('x'), want('b', { type: 'have' }))
    await world.clock.settle()
    world.take().forEach((sent) => sent.fails())
    await world.clock.settle()
    expect(world.ledger.get(ernie)).toBeUndefined()
    expect(world.wantlist()).toEqual(['a', 'x'])
    const again = world.take()
    expect(again.map(({ message }) => [...saying(message)].sort())).toEqual([['block a', 'dont-have x', 'have b']])
    again.forEach((sent) => sent.written())
    await world.clock.settle()
    expect(world.ledger.get(ernie)).toMatchObject({ bytesSent: 2_048, exchanges: 1 })
    expect(world.engine.stat()).toMatchObject({ failedWrites: 1, blocksSent: 1, presencesSent: 2, inFlightBytes: 0 })
  })

  it('gives up in the end, says so, and leaves the ledger alone', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.autoWrite = false
    world.wants(ernie, want('a'), ask('x'))
    expect(await failAll(world)).toEqual(Array(MAX_FAILURES).fill(['dont-have x', 'block a']))
    expect(world.logged).toEqual(['block given up on: it could not be sent'])
    expect(world.engine.stat()).toMatchObject({ tasksDropped: 1, pendingTasks: 0, inFlightBytes: 0, wants: 1 })
    expect(world.ledger.get(ernie)).toBeUndefined()
  })

  it('lets the partner rest, and serves it after', async () => {
    const world = new EngineWorld().connect(ernie, bert).has('a', 'b')
    world.autoWrite = false
    world.wants(ernie, want('a'))
    for (let i = 0; i < 2; i++) {
      await world.clock.settle()
      world.take().forEach((sent) => sent.fails())
    }
    world.autoWrite = true
    world.wants(ernie, want('b'), ask('x'))
    world.wants(bert, want('b'))
    expect(await world.said(ernie)).toEqual([])
    expect(await world.said(bert)).toEqual(['block b'])
    await world.clock.pass(REST_MS)
    expect(await world.said(ernie)).toEqual(['block a', 'block b', 'dont-have x'])
  })

  it('lets no timer outlive the partner', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.autoWrite = false
    world.wants(ernie, want('a'))
    for (let i = 0; i < 2; i++) {
      await world.clock.settle()
      world.take().forEach((sent) => sent.fails())
    }
    await world.clock.settle()
    expect(world.clock.timers).toBe(1)
    world.engine.disconnected(ernie)
    expect(world.clock.timers).toBe(0)
  })

  it('counts only failures in a row', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.autoWrite = false
    for (const isWritten of [false, true, false, true, false, true]) {
      world.wants(ernie, want('a'))
      await world.clock.settle()
      world.take().forEach((sent) => (isWritten ? sent.written() : sent.fails()))
      await world.clock.settle()
    }
    expect(world.clock.now()).toBe(0)
    expect(world.engine.stat()).toMatchObject({ blocksSent: 3, failedWrites: 3, tasksDropped: 0 })
  })

  it('retries presences on their own, but not what is no longer true', async () => {
    const world = new EngineWorld().connect(ernie)
    world.autoWrite = false
    world.wants(ernie, ask('x'), ask('y'))
    await world.clock.settle()
    world.stores('x')
    world.take().forEach((sent) => sent.fails())
    expect((await world.said()).toSorted()).toEqual(['block x', 'dont-have y'])
  })

  it('does nothing for a partner that left meanwhile', async () => {
    for (const outcome of ['written', 'fails'] as const) {
      const world = new EngineWorld().connect(ernie).has('a')
      world.autoWrite = false
      world.wants(ernie, want('a'), ask('x'))
      await world.clock.settle()
      const sent = world.take()
      world.engine.disconnected(ernie)
      expect(world.engine.stat()).toMatchObject({ inFlightBytes: 0, inFlightMessages: 0, wants: 0 })
      world.connect(ernie)
      sent.forEach((each) => each[outcome]())
      expect(await world.said()).toEqual([])
      expect(world.ledger.get(ernie)?.bytesSent).toBe(outcome === 'written' ? 2_048 : undefined)
      expect(world.engine.stat()).toMatchObject({ inFlightBytes: 0, inFlightMessages: 0, wants: 0 })
    }
  })
})

describe('Engine, when the store fails', () => {
  it.each([true, false])('on lookup: never dont-have, tried again (by promise: %s)', async (isAsync) => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.store.isAsync = isAsync
    world.store.failing.size = new Error('EMFILE')
    world.wants(ernie, ask('a'), ask('x'))
    expect(await world.said()).toEqual([])
    expect(world.wantlist()).toEqual(['a', 'x'])
    expect(world.logged).toEqual(['block store failed, will be asked again'])
    world.store.failing.size = undefined
    await world.clock.pass(RETRY_MS)
    expect((await world.said()).toSorted()).toEqual(['block a', 'dont-have x'])
  })

  it.each([true, false])('on read: never dont-have, tried again (by promise: %s)', async (isAsync) => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.store.isAsync = isAsync
    world.store.failing.get = new Error('EIO')
    world.wants(ernie, ask('a'), ask('b'))
    expect(await world.said()).toEqual([])
    expect(world.engine.stat()).toMatchObject({ inFlightBytes: 0, inFlightMessages: 0, wants: 2 })
    world.store.failing.get = undefined
    await world.clock.pass(RETRY_MS)
    expect((await world.said()).toSorted()).toEqual(['block a', 'block b'])
  })

  it('one bad block does not hold up the others', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    const get = world.store.get.bind(world.store)
    world.store.get = (cid) => {
      if (cid.equals(want('a').cid)) throw new Error('EIO')
      return get(cid)
    }
    world.wants(ernie, ask('a'), ask('b'))
    expect(await world.said()).toEqual(['block b'])
    expect(world.wantlist()).toEqual(['a'])
  })

  it.each([true, false])('a block that vanished is dont-have, and stays wanted (by promise: %s)', async (isAsync) => {
    const world = new EngineWorld().connect(ernie).has('a', 'b', 'c')
    world.wants(ernie, ask('a'), ask('b'), want('c'))
    world.store.isAsync = isAsync
    world.store.blocks.delete(keyOf('a'))
    world.store.blocks.delete(keyOf('c'))
    expect((await world.said()).toSorted()).toEqual(['block b', 'dont-have a'])
    world.stores('a')
    world.stores('c')
    expect((await world.said()).toSorted()).toEqual(['block a', 'block c'])
    expect(world.engine.stat()).toMatchObject({ wants: 0, standingKeys: 0, inFlightBytes: 0 })
  })
})
