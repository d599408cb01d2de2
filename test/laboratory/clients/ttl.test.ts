import { describe, expect, test } from 'vitest'
import { throughCodec } from '../../../src/simulation/wire.ts'
import { blocks, type SwarmPeer } from '../../support/swarm.ts'
import { ClientSwarm } from './client-swarm.ts'

/** A leech and a seed that are not connected, and a passive peer between them. */
async function line(
  reference: string
): Promise<{ swarm: ClientSwarm; leech: SwarmPeer; relay: SwarmPeer; seed: SwarmPeer }> {
  const swarm = new ClientSwarm({ link: { latencyMs: 10, bytesPerSecond: 2_000_000 }, wire: throughCodec })
  const leech = await swarm.addClient('leech', reference)
  const relay = await swarm.addClient('relay', reference)
  const seed = await swarm.addClient('seed', reference)
  await swarm.connect(leech, relay)
  await swarm.connect(relay, seed)
  return { swarm, leech, relay, seed }
}

describe.each(['ttl', 'ttl-inspection'])('%s', (name) => {
  test('a leech gets blocks from a seed that it does not know, through a peer between them', async () => {
    const { swarm, leech, relay, seed } = await line(name)
    const content = blocks(40, 8_000)
    await seed.has(content)
    const from = await swarm.fetch(leech, content, { limitMs: 30_000 })
    expect([...from]).toEqual([[relay.id, 40]])
    await swarm.clock.advance(1_000)
    for (const peer of [leech, relay]) expect(peer.bitswap.wantlist()).toEqual([])
    expect(seed.bitswap.wantlistOf(relay.id)).toEqual([])
    expect(swarm.routing.searches).toBeLessThanOrEqual(1)
    await swarm.stop(leech, relay, seed)
  })

  test('what is passed on is kept, or dropped, as told', async () => {
    for (const [reference, kept] of [
      [name, 10],
      [`${name}:store=false`, 0]
    ] as const) {
      const { swarm, leech, relay, seed } = await line(reference)
      const content = blocks(10, 8_000)
      await seed.has(content)
      await swarm.fetch(leech, content, { limitMs: 30_000 })
      await swarm.clock.advance(1_000)
      const there = content.map(({ cid }) => relay.store.has(cid))
      expect(there.filter(Boolean)).toHaveLength(kept)
      await swarm.stop(leech, relay, seed)
    }
  })

  test('a block that the relay wants itself as well is kept', async () => {
    const { swarm, leech, relay, seed } = await line(`${name}:store=false`)
    const content = blocks(10, 8_000)
    await seed.has(content)
    await swarm.clock.until(Promise.all([collect(leech, content), collect(relay, content)]), 30_000)
    expect(content.every(({ cid }) => relay.store.has(cid))).toBe(true)
    await swarm.stop(leech, relay, seed)
  })
})

test('ttl=0 and boxo find nothing there', async () => {
  for (const reference of ['ttl:ttl=0', 'boxo']) {
    const { swarm, leech, relay, seed } = await line(reference)
    const content = blocks(1, 8_000)
    await seed.has(content)
    await expect(swarm.fetch(leech, content, { limitMs: 10_000 })).rejects.toThrow('still waiting')
    expect(relay.bitswap.wantlist()).toEqual([])
    await swarm.stop(leech, relay, seed)
  }
})

test('a want that nobody can serve is passed on for a while, and while there is room', async () => {
  const { swarm, leech, relay, seed } = await line('ttl:relayMs=2000,maxRelays=3')
  const content = blocks(5, 8_000)
  const signal = swarm.signalAfter(20_000)
  const vain = content.map(({ cid }) => leech.bitswap.get(cid, { signal }).catch(() => undefined))
  await swarm.clock.advance(500)
  expect(relay.bitswap.wantlist()).toHaveLength(3)
  await swarm.clock.advance(2_000)
  expect(relay.bitswap.wantlist()).toHaveLength(0)
  await swarm.clock.until(Promise.all(vain))
  await swarm.stop(leech, relay, seed)
})

test('a source that takes its want back, or leaves, ends what is done for it', async () => {
  const { swarm, leech, relay, seed } = await line('ttl')
  const [first, second] = blocks(2, 8_000)
  if (first === undefined || second === undefined) throw new Error('two')
  const vain = leech.bitswap.get(first.cid, { signal: swarm.signalAfter(1_000) }).catch(() => undefined)
  await swarm.clock.advance(500)
  expect(relay.bitswap.wantlist()).toHaveLength(1)
  await swarm.clock.until(vain)
  await swarm.clock.advance(100)
  expect(relay.bitswap.wantlist()).toHaveLength(0)
  const other = leech.bitswap.get(second.cid, { signal: swarm.signalAfter(2_000) }).catch(() => undefined)
  await swarm.clock.advance(500)
  swarm.hub.cut(leech.id, relay.id)
  await swarm.clock.advance(100)
  expect(relay.bitswap.wantlist()).toHaveLength(0)
  await swarm.clock.until(other)
  await swarm.stop(leech, relay, seed)
})

async function collect(peer: SwarmPeer, content: ReturnType<typeof blocks>): Promise<number> {
  let count = 0
  for await (const { bytes } of peer.bitswap.getMany(content.map(({ cid }) => cid))) count += Number(bytes.length > 0)
  return count
}
