import { describe, expect, it } from 'vitest'
import { createMessage } from '../../src/message/message.ts'
import { cidPrefix } from '../../src/message/prefix.ts'
import { toPeerId } from '../../src/ids.ts'
import { blocks, Swarm, told, type SwarmPeer, type SwarmPeerOptions } from '../support/swarm.ts'

interface Fetch {
  readonly swarm: Swarm
  readonly fetcher: SwarmPeer
  readonly holders: readonly SwarmPeer[]
}

/** One peer that fetches, connected to `count` others. */
async function fetcherWith(count: number, options: SwarmPeerOptions = {}): Promise<Fetch> {
  const swarm = new Swarm()
  const fetcher = await swarm.add('fetcher')
  const holders: SwarmPeer[] = []
  for (let i = 0; i < count; i++) {
    const holder = await swarm.add(`holder${i}`, options)
    holders.push(holder)
    await swarm.connect(fetcher, holder)
  }
  return { swarm, fetcher, holders }
}

function received({ fetcher }: Fetch): number {
  return fetcher.bitswap.stat().blocksReceived
}

function expectLedgersToAgree({ fetcher, holders }: Fetch): void {
  for (const holder of holders) {
    const sent = holder.bitswap.ledger(fetcher.id)?.bytesSent ?? 0
    expect(fetcher.bitswap.ledger(holder.id)?.bytesReceived ?? 0).toBe(sent)
  }
}

describe('several providers', () => {
  it.each([3, 5])('%i of them share the work, with hardly a block sent twice', async (count) => {
    const world = await fetcherWith(count, { uploadBytesPerSecond: 10_000_000 })
    const all = blocks(600, 20_000)
    for (const holder of world.holders) await holder.has(all)
    const from = await world.swarm.fetch(world.fetcher, all)
    expect(received(world)).toBeLessThanOrEqual(630)
    for (const holder of world.holders) expect(from.get(holder.id) ?? 0).toBeGreaterThan(600 / count / 2)
    expect(world.fetcher.bitswap.stat().unwantedBlocksReceived).toBe(0)
  })

  it('are faster together than one of them', async () => {
    const took = async (count: number): Promise<number> => {
      const world = await fetcherWith(count, { uploadBytesPerSecond: 5_000_000 })
      const all = blocks(400, 20_000)
      for (const holder of world.holders) await holder.has(all)
      const start = world.swarm.clock.now()
      await world.swarm.fetch(world.fetcher, all)
      return world.swarm.clock.now() - start
    }
    const one = await took(1)
    expect(await took(3)).toBeLessThan(one / 2)
  })

  it('each give what they have when the blocks are split between them', async () => {
    const world = await fetcherWith(4)
    const all = blocks(400, 3_000)
    for (const [index, holder] of world.holders.entries()) await holder.has(all.filter((_, i) => i % 4 === index))
    const from = await world.swarm.fetch(world.fetcher, all)
    for (const holder of world.holders) expect(from.get(holder.id)).toBe(100)
    expect(received(world)).toBe(400)
    expectLedgersToAgree(world)
  })

  it('go on when one of them leaves in the middle', async () => {
    const world = await fetcherWith(3, { uploadBytesPerSecond: 2_000_000 })
    const all = blocks(300, 20_000)
    for (const holder of world.holders) await holder.has(all)
    const [first] = world.holders
    if (first === undefined) throw new Error('no holder')
    world.swarm.clock.setTimer(500, () => world.swarm.hub.cut(world.fetcher.id, first.id))
    await world.swarm.fetch(world.fetcher, all)
    expect(world.fetcher.bitswap.wantlist()).toEqual([])
  })

  it('go on when one of them falls silent, and it costs one wait and not one for each block', async () => {
    const world = await fetcherWith(3, { uploadBytesPerSecond: 2_000_000 })
    const all = blocks(300, 20_000)
    for (const holder of world.holders) await holder.has(all)
    const [first] = world.holders
    if (first === undefined) throw new Error('no holder')
    world.swarm.clock.setTimer(500, () => world.swarm.hub.stall(first.id, world.fetcher.id))
    const start = world.swarm.clock.now()
    await world.swarm.fetch(world.fetcher, all)
    expect(world.swarm.clock.now() - start).toBeLessThan(9_000)
  })

  it('go on when one of them says "have" and then never sends', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(1)
    const [block] = blocks(1, 5_000)
    const [honest] = holders
    if (block === undefined || honest === undefined) throw new Error('no block')
    await honest.has([block])
    swarm.hub.shapeLink(fetcher.id, honest.id, { latencyMs: 200 })
    const liar = swarm.hub.join(toPeerId('liar'))
    await liar.start({
      connected: () => undefined,
      disconnected: () => undefined,
      streamLost: () => undefined,
      faulted: () => undefined,
      struck: () => undefined,
      admits: () => true,
      worth: () => 0,
      received: (peer, message) => {
        const presences = message.wants.map(({ cid, key }) => ({ cid, key, have: true }))
        if (presences.length > 0) void liar.send(peer, createMessage({ presences }))
      }
    })
    await swarm.clock.until(liar.connect({ peer: fetcher.id, addresses: [] }))
    await swarm.fetch(fetcher, [block], { limitMs: 10_000 })
  })

  it('go on when one of them sends other bytes than it was asked for, and it is not asked for long', async () => {
    const world = await fetcherWith(1, { uploadBytesPerSecond: 500_000 })
    const { swarm, fetcher, holders } = world
    const all = blocks(100, 5_000)
    await holders[0]?.has(all)
    const [junk] = blocks(1, 5_000, 9_000)
    if (junk === undefined) throw new Error('no block')
    let asked = 0
    const liar = swarm.hub.join(toPeerId('liar'))
    await liar.start({
      connected: () => undefined,
      disconnected: () => undefined,
      streamLost: () => undefined,
      faulted: () => undefined,
      struck: () => undefined,
      admits: () => true,
      worth: () => 0,
      received: (peer, message) => {
        asked += message.wants.length
        const lies = message.wants.map(({ cid }) => ({ prefix: cidPrefix(cid), bytes: junk.bytes }))
        if (lies.length > 0) void liar.send(peer, createMessage({ blocks: lies }))
      }
    })
    await swarm.clock.until(liar.connect({ peer: fetcher.id, addresses: [] }))
    await swarm.fetch(fetcher, all, { limitMs: 30_000 })
    expect(asked).toBeGreaterThan(0)
    expect(asked).toBeLessThan(100)
    expect(fetcher.bitswap.ledger('liar')?.bytesReceived ?? 0).toBe(0)
    expect(fetcher.store.blocks).toBe(100)
  })
})

describe('a session whose peers change', () => {
  it('does not hang when all peers left and new ones come', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(1)
    const [one, two] = blocks(2, 3_000)
    const [first] = holders
    if (one === undefined || two === undefined || first === undefined) throw new Error('no block')
    await first.has([one])
    const session = fetcher.bitswap.createSession()
    await swarm.clock.until(session.get(one.cid))
    swarm.hub.cut(fetcher.id, first.id)
    await swarm.clock.advance(5_000)
    const wanted = session.get(two.cid)
    await swarm.clock.advance(5_000)
    const late = await swarm.add('late')
    await late.has([two])
    await swarm.connect(late, fetcher)
    expect(await swarm.clock.until(wanted, 1_000)).toEqual(two.bytes)
  })

  it('finds a provider through routing, at once when nobody is connected', async () => {
    const swarm = new Swarm()
    const fetcher = await swarm.add('fetcher')
    const far = await swarm.add('far')
    const [block] = blocks(1, 3_000)
    if (block === undefined) throw new Error('no block')
    await far.has([block])
    swarm.routing.provide(far.id, block.cid)
    const start = swarm.clock.now()
    await swarm.clock.until(fetcher.bitswap.get(block.cid))
    expect(swarm.clock.now() - start).toBeLessThan(200)
  })

  it('finds a provider through routing when connected peers do not have the block', async () => {
    const { swarm, fetcher } = await fetcherWith(3)
    const far = await swarm.add('far')
    const [block] = blocks(1, 3_000)
    if (block === undefined) throw new Error('no block')
    await far.has([block])
    swarm.routing.provide(far.id, block.cid)
    const start = swarm.clock.now()
    await swarm.clock.until(fetcher.bitswap.get(block.cid))
    expect(swarm.clock.now() - start).toBeLessThan(1_500)
  })

  it('searches for the first want of a session that was idle for long', async () => {
    const { swarm, fetcher } = await fetcherWith(1)
    const session = fetcher.bitswap.createSession()
    await swarm.clock.advance(60_000)
    const far = await swarm.add('far')
    const [block] = blocks(1, 3_000)
    if (block === undefined) throw new Error('no block')
    await far.has([block])
    swarm.routing.provide(far.id, block.cid)
    await swarm.clock.until(session.get(block.cid), 2_000)
  })

  it('asks others when the providers named by the caller cannot be reached', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(1)
    const some = blocks(20, 3_000)
    await holders[0]?.has(some)
    await swarm.fetch(fetcher, some, { providers: [toPeerId('nobody')], limitMs: 3_000 })
  })

  it('does not tell others what it asks of the providers named by the caller', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(3)
    const some = blocks(20, 3_000)
    const [first, second] = holders
    if (first === undefined || second === undefined) throw new Error('no holder')
    await first.has(some)
    await swarm.fetch(fetcher, some, { providers: [first.id] })
    for (const { cid } of some) expect(told(swarm, fetcher, second, cid)).toEqual([])
  })
})

describe('sessions side by side', () => {
  it('ask for a block once when both want it', async () => {
    const world = await fetcherWith(3)
    const all = blocks(100, 5_000)
    for (const holder of world.holders) await holder.has(all)
    await Promise.all([world.swarm.fetch(world.fetcher, all), readLater(world.fetcher, all)])
    expect(received(world)).toBe(100)
  })

  it('do not starve each other at the same peer', async () => {
    const { swarm, fetcher, holders } = await fetcherWith(1, { uploadBytesPerSecond: 1_000_000 })
    const bulk = blocks(2_000, 10_000)
    const [small] = blocks(1, 1_500, 50_000)
    if (small === undefined) throw new Error('no block')
    await holders[0]?.has([...bulk, small])
    const all = swarm.fetch(fetcher, bulk)
    const quick = (async () => {
      await new Promise<void>((resolve) => swarm.clock.setTimer(2_000, resolve))
      const start = swarm.clock.now()
      await fetcher.bitswap.get(small.cid)
      return swarm.clock.now() - start
    })()
    await all
    expect(await quick).toBeLessThan(2_000)
  })
})

async function readLater(peer: SwarmPeer, wanted: ReturnType<typeof blocks>): Promise<void> {
  let left = wanted.length
  for await (const { bytes } of peer.bitswap.getMany(wanted.map(({ cid }) => cid))) left -= Math.sign(bytes.byteLength)
  expect(left).toBe(0)
}
