import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { MAX_BLOCK_BYTES } from '../../src/message/limits.ts'
import { createMessage } from '../../src/message/message.ts'
import type { WantEntry } from '../../src/message/message.ts'
import { ask, bert, bytesOf, cancel, EngineWorld, ernie, keyOf, nameOf, want } from '../support/engine-world.ts'

const have = (name: string): WantEntry => want(name, { type: 'have' })
const askHave = (name: string): WantEntry => ask(name, 'have')

interface Case {
  readonly name: string
  /** Messages that arrive before anything can be answered. a and b are here, x and y are not; s is small. */
  readonly messages: readonly (readonly WantEntry[])[]
  readonly said: readonly string[]
}

const CASES: readonly Case[] = [
  { name: 'blocks', messages: [[want('a'), want('b')]], said: ['block a', 'block b'] },
  { name: 'haves', messages: [[have('a'), have('b')]], said: ['have a', 'have b'] },
  { name: 'a small block for a have', messages: [[have('s')]], said: ['block s'] },
  { name: 'both kinds', messages: [[want('a'), have('b')]], said: ['block a', 'have b'] },
  { name: 'silence on missing blocks', messages: [[want('x'), have('y')]], said: [] },
  { name: 'dont-have if asked', messages: [[ask('x'), askHave('y')]], said: ['dont-have x', 'dont-have y'] },
  { name: 'all of it', messages: [[want('a'), ask('x'), have('b')]], said: ['block a', 'dont-have x', 'have b'] },
  { name: 'a want told twice, once', messages: [[want('a')], [want('a')]], said: ['block a'] },
  { name: 'a have told twice, once', messages: [[have('a')], [have('a')]], said: ['have a'] },
  { name: 'dont-have told twice, once', messages: [[ask('x')], [ask('x')]], said: ['dont-have x'] },
  { name: 'block after have', messages: [[have('a')], [want('a')]], said: ['block a'] },
  { name: 'have after block', messages: [[want('a')], [have('a')]], said: ['block a'] },
  {
    name: 'several messages',
    messages: [[want('a')], [have('b')], [ask('x')]],
    said: ['block a', 'dont-have x', 'have b']
  },
  { name: 'a flag that comes later', messages: [[want('x')], [askHave('x')]], said: ['dont-have x'] }
]

describe('Engine answers', () => {
  it.each(CASES)('$name', async ({ messages, said }) => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.store.put('s', 1_024)
    for (const message of messages) world.wants(ernie, ...message)
    expect((await world.said()).toSorted()).toEqual(said)
  })

  it.each(CASES)('$name, from a store that takes its time', async ({ messages, said }) => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.store.put('s', 1_024)
    world.store.isAsync = true
    for (const message of messages) world.wants(ernie, ...message)
    expect((await world.said()).toSorted()).toEqual(said)
  })

  it('sends a have and then the block when the have had left', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.wants(ernie, have('a'))
    expect(await world.said()).toEqual(['have a'])
    world.wants(ernie, want('a'))
    expect(await world.said()).toEqual(['block a'])
  })

  it('does not serve twice what is being written', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.autoWrite = false
    world.wants(ernie, want('a'))
    await world.clock.settle()
    world.wants(ernie, want('a', { priority: 9 }), have('a'))
    expect(await world.said()).toEqual(['block a'])
    expect(world.wantlist()).toEqual(['a'])
  })

  it('forgets a want when its block was written, not before', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.autoWrite = false
    world.wants(ernie, want('a'))
    await world.clock.settle()
    expect(world.wantlist()).toEqual(['a'])
    expect(world.ledger.get(ernie)).toBeUndefined()
    world.take().forEach((sent) => sent.written())
    await world.clock.settle()
    expect(world.wantlist()).toEqual([])
    expect(world.ledger.get(ernie)).toMatchObject({ bytesSent: 2_048, exchanges: 1 })
  })

  it('serves empty blocks, and none that no message carries', async () => {
    const world = new EngineWorld().connect(ernie)
    world.store.put('', 0)
    world.store.put('huge', MAX_BLOCK_BYTES + 1)
    world.store.put('big', MAX_BLOCK_BYTES)
    world.wants(ernie, ask(''), ask('huge'), ask('big'), askHave('huge'))
    expect((await world.said()).toSorted()).toEqual(['block ', 'block big', 'dont-have huge'])
    world.stores('huge', MAX_BLOCK_BYTES + 1)
    expect(await world.said()).toEqual([])
  })

  it('sends nothing beside a block that fills a message', async () => {
    const world = new EngineWorld().connect(ernie)
    world.store.put('big', MAX_BLOCK_BYTES)
    world.wants(ernie, ask('x'), ask('big'))
    await world.clock.settle()
    const sizes = world.take().map(({ message }) => [message.blocks.length, message.presences.length])
    expect(sizes.toSorted()).toEqual([
      [0, 1],
      [1, 0]
    ])
  })

  it('never sends a block for a have when that is turned off', async () => {
    const world = new EngineWorld({ replaceHaveBytes: 0 }).connect(ernie)
    world.store.put('', 0)
    world.store.put('s', 1)
    world.wants(ernie, have(''), have('s'))
    expect(await world.said()).toEqual(['have ', 'have s'])
  })

  it('sends only blocks to a peer that does not know presences', async () => {
    const world = new EngineWorld().has('a', 'b')
    world.engine.connected(ernie, { presences: false })
    world.wants(ernie, ask('a'), ask('x'), have('b'))
    expect((await world.said()).toSorted()).toEqual(['block a', 'block b'])
    world.stores('x')
    expect(await world.said()).toEqual(['block x'])
  })

  it('answers with the CID that was asked for', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.wants(ernie, want('a'))
    await world.clock.settle()
    expect(world.take()[0]?.message.blocks).toEqual([
      { prefix: Uint8Array.of(1, 0x55, 0x12, 32), bytes: bytesOf('a', 2_048) }
    ])
  })

  it('answers under every CID of the same bytes that was asked for', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    const dagPb = (name: string): WantEntry => ask(name, name === 'b' ? 'have' : 'block', 1, 0x70)
    world.wants(ernie, want('a'), dagPb('a'), have('b'), dagPb('b'), ask('x'), dagPb('x'))
    await world.clock.settle()
    const messages = world.take().map(({ message }) => message)
    expect(messages.flatMap(({ blocks }) => blocks).map(({ prefix }) => prefix[1])).toEqual([0x55, 0x70])
    const presences = messages.flatMap((message) => message.presences)
    expect(presences.map((each) => [nameOf(each.cid), each.cid.code, each.have])).toEqual([
      ['b', 0x55, true],
      ['b', 0x70, true],
      ['x', 0x55, false],
      ['x', 0x70, false]
    ])
    expect(world.engine.wantlistOf(ernie).map(({ cid }) => cid.code)).toEqual([0x55, 0x70])
    expect(world.ledger.get(ernie)).toMatchObject({ bytesSent: 2 * 2_048 })
  })

  it('a cancel under one CID leaves the want under the other', async () => {
    const world = new EngineWorld().connect(ernie)
    world.wants(ernie, want('a'), ask('a', 'block', 1, 0x70))
    world.cancels(ernie, 'a')
    world.stores('a')
    await world.clock.settle()
    const blocks = world.take().flatMap(({ message }) => message.blocks)
    expect(blocks.map(({ prefix }) => prefix[1])).toEqual([0x70])
    world.wants(ernie, want('a'), ask('a', 'block', 1, 0x70))
    world.cancels(ernie, 'a')
    void world.engine.receivedWants(ernie, createMessage({ cancels: [ask('a', 'block', 1, 0x70)] }))
    expect(await world.said()).toEqual([])
  })

  it('denies blocks as if they were not here, and asks about each want anew', async () => {
    const guests = new Set([bert])
    const verdict = (peer: PeerId) => (guests.has(peer) ? 'serve' : 'dont-have')
    const world = new EngineWorld({}, undefined, { verdict }).connect(ernie, bert).has('a', 'b')
    for (const peer of [ernie, bert]) world.wants(peer, ask('a'), askHave('b'))
    expect(await world.said(ernie)).toEqual(['dont-have a', 'dont-have b'])
    expect(await world.said(bert)).toEqual(['have b', 'block a'].toSorted())
    world.stores('a')
    expect(await world.said(ernie)).toEqual([])
    guests.add(ernie)
    world.wants(ernie, ask('a'))
    expect(await world.said(ernie)).toEqual(['block a'])
  })

  it('answers dont-have to everything when serving is turned off', async () => {
    const world = new EngineWorld({ enabled: false }).connect(ernie).has('a')
    world.wants(ernie, ask('a'), want('b'))
    expect(await world.said()).toEqual(['dont-have a'])
    expect(world.wantlist()).toEqual([])
  })
})

describe('Engine, standing wants', () => {
  it('answers when the block comes: by the block, or by a word, however small the block is', async () => {
    const world = new EngineWorld().connect(ernie, bert)
    world.wants(ernie, ask('a'), askHave('b'), have('s'), want('never'))
    world.wants(bert, want('a'))
    expect(await world.said()).toEqual(['dont-have a', 'dont-have b'])
    world.stores('a')
    world.stores('b')
    world.stores('s', 100)
    world.stores('nobody wants this')
    expect((await world.said(ernie)).toSorted()).toEqual(['block a', 'have b', 'have s'])
    expect(await world.said(bert)).toEqual(['block a'])
    expect(world.wantlist(ernie)).toEqual(['never'])
  })

  it('is not answered dont-have by a lookup that the block overtook', async () => {
    const world = new EngineWorld().connect(ernie)
    world.store.isAsync = true
    world.wants(ernie, ask('a'))
    world.stores('a')
    expect(await world.said()).toEqual(['block a'])
  })

  it('looks again when told again: the block may have come unannounced', async () => {
    const world = new EngineWorld().connect(ernie)
    world.wants(ernie, ask('a'))
    expect(await world.said()).toEqual(['dont-have a'])
    world.wants(ernie, ask('a'))
    expect(await world.said()).toEqual(['dont-have a'])
    world.has('a')
    world.wants(ernie, ask('a'))
    expect(await world.said()).toEqual(['block a'])
  })
})

describe('Engine, cancel and full', () => {
  it('a cancel removes the want, its task and its pending presence', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b', 'c')
    world.wants(ernie, want('a'), have('b'), ask('x'), want('c'))
    world.cancels(ernie, 'a', 'b', 'x', 'never wanted')
    expect(await world.said()).toEqual(['block c'])
    expect(world.wantlist()).toEqual([])
  })

  it('a cancel of what is being written stops its retry, and a new want revives it', async () => {
    for (const revive of [false, true]) {
      const world = new EngineWorld().connect(ernie).has('a')
      world.autoWrite = false
      world.wants(ernie, want('a'))
      await world.clock.settle()
      world.cancels(ernie, 'a')
      expect(world.wantlist()).toEqual([])
      if (revive) world.wants(ernie, want('a'))
      world.take().forEach((sent) => sent.fails())
      expect(await world.said()).toEqual(revive ? ['block a'] : [])
    }
  })

  it('a cancel while the block is read keeps it at home', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.wants(ernie, want('a'), want('b'))
    world.store.isAsync = true
    world.clock.flush()
    world.cancels(ernie, 'a')
    expect(await world.said()).toEqual(['block b'])
    expect(world.engine.stat()).toMatchObject({ wants: 0, inFlightBytes: 0, blocksSent: 1 })
  })

  it('full replaces exactly: wants, tasks, presences', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b', 'c', 'd')
    world.wants(ernie, want('a'), want('b'), have('c'), ask('x'), ask('y'))
    void world.engine.receivedWants(ernie, createMessage({ full: true, wants: [want('b'), ask('y'), want('d')] }))
    expect(await world.said()).toEqual(['block b', 'block d', 'dont-have y'])
    expect(world.wantlist()).toEqual(['y'])
    void world.engine.receivedWants(ernie, createMessage({ full: true }))
    expect(world.wantlist()).toEqual([])
    world.stores('y')
    expect(await world.said()).toEqual([])
  })

  it('full downgrades, too: type and priority stand as told', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.wants(ernie, want('a', { priority: 9 }), want('x', { priority: 9 }))
    void world.engine.receivedWants(
      ernie,
      createMessage({ full: true, wants: [have('a'), want('x', { priority: 2 })] })
    )
    expect(await world.said()).toEqual(['have a'])
    expect(world.engine.wantlistOf(ernie)).toMatchObject([{ key: keyOf('x'), priority: 2 }])
  })

  it('full stops the retry of what is being written and not on the list', async () => {
    const world = new EngineWorld().connect(ernie).has('a', 'b')
    world.autoWrite = false
    world.wants(ernie, want('a'), want('b'))
    await world.clock.settle()
    void world.engine.receivedWants(ernie, createMessage({ full: true, wants: [want('b')] }))
    expect(world.wantlist()).toEqual(['b'])
    world.take().forEach((sent) => sent.fails())
    expect(await world.said()).toEqual(['block b'])
  })

  it('full and cancel in one message: what is on the list stays', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.wants(ernie, want('x'))
    const message = createMessage({ full: true, wants: [want('a')], cancels: [cancel('x')] })
    void world.engine.receivedWants(ernie, message)
    expect(await world.said()).toEqual(['block a'])
  })
})

describe('Engine, partners', () => {
  it('lists wants of each partner, and none after it left', async () => {
    const world = new EngineWorld().connect(ernie, bert)
    world.wants(ernie, want('a'), want('b'))
    world.wants(bert, have('c'))
    expect([world.wantlist(ernie), world.wantlist(bert)]).toEqual([['a', 'b'], ['c']])
    expect(world.engine.partners()).toEqual([ernie, bert])
    world.engine.disconnected(ernie)
    expect([world.wantlist(ernie), world.wantlist(bert)]).toEqual([[], ['c']])
    expect(world.engine.partners()).toEqual([bert])
    world.stores('a')
    expect(await world.said()).toEqual([])
  })

  it('forgets the wants of a peer that connects anew', () => {
    const world = new EngineWorld().connect(ernie)
    world.wants(ernie, want('a'))
    world.connect(ernie)
    expect(world.wantlist()).toEqual([])
  })

  it('answers dont-have to peers beyond maxPartners, until there is room', async () => {
    const world = new EngineWorld({ maxPartners: 1 }).connect(ernie, bert).has('a')
    world.wants(bert, ask('a'), want('b'))
    expect(await world.said(bert)).toEqual(['dont-have a'])
    expect(world.engine.stat().refusedPartners).toBe(1)
    world.engine.disconnected(ernie)
    world.wants(bert, ask('a'))
    expect(await world.said(bert)).toEqual(['block a'])
    expect(world.engine.stat().refusedPartners).toBe(0)
  })

  it('bounds the refusals under way', async () => {
    const world = new EngineWorld({ maxPartners: 0 }).connect(ernie)
    world.autoWrite = false
    for (let i = 0; i < 100; i++) world.wants(ernie, ask(`${i}`))
    await world.clock.settle()
    expect(world.take()).toHaveLength(64)
  })

  it('ignores peers that are not connected, and everybody before the start and after the stop', async () => {
    const world = new EngineWorld().has('a')
    world.wants(bert, ask('a'))
    world.connect(ernie)
    await world.engine.stop()
    world.connect(ernie)
    world.wants(ernie, ask('a'))
    expect([await world.said(ernie), await world.said(bert)]).toEqual([[], []])
    world.engine.start()
    world.wants(ernie, ask('a'))
    expect(await world.said()).toEqual(['block a'])
  })

  it('credits what was still written after stop', async () => {
    const world = new EngineWorld().connect(ernie).has('a')
    world.autoWrite = false
    world.wants(ernie, want('a'))
    await world.clock.settle()
    await world.engine.stop()
    world.take().forEach((sent) => sent.written())
    await world.clock.settle()
    expect(world.ledger.get(ernie)?.bytesSent).toBe(2_048)
    expect(world.engine.stat()).toMatchObject({ inFlightBytes: 0, inFlightMessages: 0, blocksSent: 1 })
  })

  it('both sides agree on the bytes of a thousand messages', async () => {
    const world = new EngineWorld().connect(ernie)
    let received = 0
    for (let i = 0; i < 1_000; i++) {
      world.stores(`${i}`, i)
      world.wants(ernie, want(`${i}`))
      await world.clock.settle()
      for (const { message } of world.take()) for (const { bytes } of message.blocks) received += bytes.byteLength
    }
    expect(received).toBe((999 * 1_000) / 2)
    expect(world.ledger.get(ernie)).toMatchObject({ bytesSent: received, bytesReceived: 0, exchanges: 1_000 })
    expect(world.engine.stat()).toMatchObject({ dataSent: received, blocksSent: 1_000 })
    expect(world.ledger.get(toPeerId('oscar'))).toBeUndefined()
  })
})
