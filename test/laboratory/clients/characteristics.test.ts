import { expect, test } from 'vitest'
import { cidKey } from '../../../src/ids.ts'
import { blocks, type SwarmPeer } from '../../support/swarm.ts'
import { ClientSwarm, wantsIn } from './client-swarm.ts'

const LINK = { latencyMs: 10, bytesPerSecond: 2_000_000 }
/** Small messages, as in go-bitswap: its clients take the silence while a long one is gathered for a "dont-have". */
const ENGINE = { targetMessageBytes: 16 * 1024 }
const REMOTE = { features: { presences: true, isRemote: true } }

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Fetches 100 blocks from three seeds that have all of them. */
async function fromThree(reference: string): Promise<{ surplus: number; sent: number[]; wantHaves: number }> {
  const swarm = new ClientSwarm({ link: LINK })
  const { leech, seeds } = await swarm.star(reference, 3, { options: { engine: ENGINE } })
  const content = blocks(100, 8_000)
  for (const seed of seeds) await seed.has(content)
  await swarm.fetch(leech, content)
  await swarm.clock.advance(1_000)
  const result = {
    surplus: leech.bitswap.stat().blocksReceived - content.length,
    sent: seeds.map((seed) => seed.bitswap.stat().blocksSent),
    wantHaves: sum(seeds.map((seed) => wantsIn(swarm.messages(leech, seed), 'have').length))
  }
  await swarm.stop(leech, ...seeds)
  return result
}

test('broadcast: each block comes from each seed', async () => {
  const { surplus, sent, wantHaves } = await fromThree('broadcast')
  expect(surplus).toBeGreaterThan(180)
  expect(sent.every((count) => count > 90)).toBe(true)
  expect(wantHaves).toBe(0)
})

test('split: fewer duplicates than by broadcast, from all seeds, and want-blocks alone', async () => {
  const { surplus, sent, wantHaves } = await fromThree('split')
  expect(surplus).toBeLessThan(150)
  expect(sent.every((count) => count > 10)).toBe(true)
  expect(wantHaves).toBe(0)
})

test('boxo: hardly a duplicate once a session knows its peers', async () => {
  const { surplus, wantHaves } = await fromThree('boxo')
  expect(surplus).toBeLessThan(5)
  expect(wantHaves).toBeGreaterThan(100)
})

test('load-aware: the load is spread over the seeds', async () => {
  const { surplus, sent } = await fromThree('load-aware')
  expect(surplus).toBe(0)
  expect(Math.min(...sent)).toBeGreaterThan(25)
})

test('single-stream: one peer sends everything, in the order asked', async () => {
  const swarm = new ClientSwarm({ link: LINK })
  const { leech, seeds } = await swarm.star('single-stream', 3)
  const content = blocks(100, 8_000)
  for (const seed of seeds) await seed.has(content)
  const order: string[] = []
  const run = async (): Promise<void> => {
    for await (const { cid } of leech.bitswap.getMany(content.map(({ cid }) => cid))) order.push(cid.toString())
  }
  await swarm.clock.until(run(), 60_000)
  expect(order).toEqual(content.map(({ cid }) => cid.toString()))
  expect(seeds.map((seed) => seed.bitswap.stat().blocksSent).sort()).toEqual([0, 0, 100])
  await swarm.stop(leech, ...seeds)
})

test('rarest-first: what only one seed has is asked for before what all have', async () => {
  // No limit of pace: what the seeds say comes at one moment, and so all is known when the first is asked for.
  const swarm = new ClientSwarm({ link: { latencyMs: 10 } })
  const { leech, seeds } = await swarm.star('rarest-first:randomFirst=0,endgame=0', 3)
  const content = blocks(30, 8_000)
  const rare = new Set(content.slice(20).map(({ cid }) => cidKey(cid)))
  for (const [index, seed] of seeds.entries()) {
    await seed.has(content.slice(0, 20))
    if (index === 1) await seed.has(content.slice(20))
  }
  await swarm.fetch(leech, content)
  const asked = seeds[1] === undefined ? [] : wantsIn(swarm.messages(leech, seeds[1]), 'block')
  expect(asked.slice(0, 8).every((key) => rare.has(key))).toBe(true)
  expect(asked.filter((key) => rare.has(key)).length).toBe(10)
  await swarm.stop(leech, ...seeds)
})

test('rarest-first: the last blocks are asked of everybody who has them', async () => {
  const counts = await Promise.all(
    [0, 5].map(async (endgame) => (await fromThree(`rarest-first:endgame=${endgame}`)).surplus)
  )
  expect(counts[0]).toBe(0)
  expect(counts[1]).toBeGreaterThan(0)
  expect(counts[1]).toBeLessThanOrEqual(10)
})

test('want-inspection: what somebody wanted before is asked of that peer alone', async () => {
  const swarm = new ClientSwarm({ link: LINK })
  const peers: SwarmPeer[] = []
  for (const name of ['seed', 'first', 'second', 'other']) peers.push(await swarm.addClient(name, 'want-inspection'))
  for (const [index, peer] of peers.entries()) {
    for (const other of peers.slice(0, index)) await swarm.connect(peer, other)
  }
  const [seed, first, second, other] = peers
  const content = blocks(1, 8_000)
  if (seed === undefined || first === undefined || second === undefined || other === undefined) throw new Error('four')
  await seed.has(content)
  await swarm.fetch(first, content)
  const from = await swarm.fetch(second, content)
  expect([...from.keys()]).toEqual([first.id])
  expect(wantsIn(swarm.messages(second, first), 'block')).toHaveLength(1)
  for (const peer of [seed, other]) expect(swarm.messages(second, peer).flatMap(({ wants }) => wants)).toEqual([])
  await swarm.stop(...peers)
})

test('want-inspection: a peer that wanted it and has it not, and everybody is asked', async () => {
  const swarm = new ClientSwarm({ link: LINK })
  const { leech, seeds } = await swarm.star('want-inspection', 2)
  const [seed, loser] = seeds
  const content = blocks(1, 8_000)
  const [block] = content
  if (seed === undefined || loser === undefined || block === undefined) throw new Error('two')
  const vain = loser.bitswap.get(block.cid, { signal: swarm.signalAfter(500) })
  await expect(swarm.clock.until(vain)).rejects.toThrow('time is up')
  await seed.has(content)
  const began = swarm.clock.now()
  expect([...(await swarm.fetch(leech, content)).keys()]).toEqual([seed.id])
  // Two round trips to find out, one for the block; no wait for a timer.
  expect(swarm.clock.now() - began).toBeLessThan(100)
  await swarm.stop(leech, ...seeds)
})

test('step-broadcast: ten peers are asked at first, then forty more, then twice as many', async () => {
  const swarm = new ClientSwarm({ link: LINK })
  const { leech, seeds } = await swarm.star('step-broadcast', 70)
  const asked = (): number => seeds.filter((seed) => wantsIn(swarm.messages(leech, seed), 'have').length > 0).length
  const [block] = blocks(1)
  if (block === undefined) throw new Error('one')
  const fetched = leech.bitswap.get(block.cid, { signal: swarm.signalAfter(5_000) })
  const counts: number[] = []
  for (const ms of [100, 1_000, 1_000]) {
    await swarm.clock.advance(ms)
    counts.push(asked())
  }
  expect(counts).toEqual([10, 50, 70])
  await expect(swarm.clock.until(fetched)).rejects.toThrow('time is up')
  await swarm.stop(leech, ...seeds)
})

test('broadcast-control: far peers that never answered are not asked, but for some by chance', async () => {
  const asked: number[] = []
  for (const reference of ['boxo', 'broadcast-control', 'broadcast-control:maxRandomPeers=3']) {
    const swarm = new ClientSwarm({ link: LINK })
    const { leech, seeds } = await swarm.star(reference, 10, REMOTE)
    const [block] = blocks(1)
    if (block === undefined) throw new Error('one')
    const fetched = leech.bitswap.get(block.cid, { signal: swarm.signalAfter(500) })
    await expect(swarm.clock.until(fetched)).rejects.toThrow('time is up')
    asked.push(seeds.filter((seed) => wantsIn(swarm.messages(leech, seed), 'have').length > 0).length)
    await swarm.stop(leech, ...seeds)
  }
  expect(asked).toEqual([10, 0, 3])
})

test('adaptive-delay: routing is asked as soon as most blocks would have come', async () => {
  const times: number[] = []
  for (const reference of ['boxo', 'adaptive-delay']) {
    const swarm = new ClientSwarm({ link: LINK })
    const { leech, seeds } = await swarm.star(reference, 2)
    const content = blocks(20, 2_000)
    for (const seed of seeds) await seed.has(content)
    await swarm.fetch(leech, content)
    const hidden = await swarm.addClient('hidden', reference)
    const [block] = blocks(1, 2_000, 100)
    if (block === undefined) throw new Error('one')
    await hidden.has([block])
    swarm.routing.provide(hidden.id, block.cid)
    const began = swarm.clock.now()
    await swarm.clock.until(leech.bitswap.get(block.cid), 10_000)
    times.push(swarm.clock.now() - began)
    await swarm.stop(leech, hidden, ...seeds)
  }
  expect(times[0]).toBeGreaterThan(1_000)
  expect(times[1]).toBeLessThan(300)
})
