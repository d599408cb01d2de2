import { expect, test } from 'vitest'
import { cidKey } from '../../../src/ids.ts'
import { blocks, type SwarmPeer } from '../../support/swarm.ts'
import { ClientSwarm, wantsIn } from './client-swarm.ts'

const LINK = { latencyMs: 10 }
const ENGINE = { engine: { targetMessageBytes: 16 * 1024 } }

test('while nobody is known 64 wants are told to everybody, without a request to deny them', async () => {
  const swarm = new ClientSwarm({ link: LINK })
  const { leech, seeds } = await swarm.star('boxo', 1)
  const signal = swarm.signalAfter(500)
  const content = blocks(100)
  const vain = content.map(({ cid }) => leech.bitswap.get(cid, { signal }).catch(() => undefined))
  const session = leech.bitswap.createSession({ signal })
  const batch = Promise.allSettled(blocks(100, 64, 200).map(({ cid }) => session.get(cid)))
  await swarm.clock.until(Promise.all([...vain, batch]))
  const [seed] = seeds
  if (seed === undefined) throw new Error('one seed')
  const messages = swarm.messages(leech, seed)
  // Each `get` is a session of its own; the hundred of one session are told in part.
  expect(new Set(wantsIn(messages, 'have')).size).toBe(164)
  expect(messages.flatMap(({ wants }) => wants).some(({ sendDontHave }) => sendDontHave)).toBe(false)
  expect(swarm.messages(seed, leech).flatMap(({ presences }) => presences)).toEqual([])
  await swarm.stop(leech, seed)
})

test('a peer of the session that says dont-have too often is no longer asked first', async () => {
  const swarm = new ClientSwarm({ link: LINK })
  const { leech, seeds } = await swarm.star('boxo', 2, { options: ENGINE })
  const [rich, poor] = seeds
  if (rich === undefined || poor === undefined) throw new Error('two')
  // Nearer than the other: what it denies is still wanted when it says so.
  swarm.hub.shapeLink(leech.id, poor.id, { latencyMs: 5 })
  const content = blocks(101, 2_000)
  await rich.has(content)
  await poor.has(content.slice(0, 1))
  const session = leech.bitswap.createSession()
  const run = async (): Promise<void> => {
    for (const { cid } of content) await session.get(cid)
  }
  await swarm.clock.until(run(), 60_000)
  const denied = swarm.messages(poor, leech).flatMap(({ presences }) => presences.filter(({ have }) => !have))
  // It hears of a want or two more before it is out; after that of none.
  expect(denied.length).toBeGreaterThanOrEqual(17)
  expect(denied.length).toBeLessThan(22)
  session.close()
  await swarm.stop(leech, ...seeds)
})

test('silence past its time counts as dont-have, and another peer is asked', async () => {
  const times: number[] = []
  for (const reference of ['boxo', 'boxo:timeouts=false']) {
    const swarm = new ClientSwarm({ link: LINK })
    const { leech, seeds } = await swarm.star(reference, 2, { options: ENGINE })
    const [known, block] = blocks(2, 2_000)
    if (known === undefined || block === undefined) throw new Error('two blocks')
    for (const seed of seeds) await seed.has([known, block])
    const session = leech.bitswap.createSession()
    await swarm.clock.until(session.get(known.cid))
    await swarm.clock.advance(100)
    const began = swarm.clock.now()
    const fetched = session.get(block.cid)
    await swarm.clock.advance(1)
    const isAsked = (seed: SwarmPeer): boolean =>
      wantsIn(swarm.messages(leech, seed), 'block').includes(cidKey(block.cid))
    const first = seeds.filter(isAsked)
    expect(first).toHaveLength(1)
    // The block is lost on its way.
    for (const seed of first) swarm.hub.dropNext(seed.id, leech.id)
    expect(await swarm.clock.until(fetched, 60_000)).toEqual(block.bytes)
    times.push(swarm.clock.now() - began)
    session.close()
    await swarm.stop(leech, ...seeds)
  }
  expect(times[0]).toBeLessThan(200)
  expect(times[1]).toBeGreaterThan(15_000)
})

test('a "have" stands for good: a peer that said it and is silent may be awaited until all is told again', async () => {
  const times: number[] = []
  for (let seed = 1; seed <= 12; seed++) {
    const swarm = new ClientSwarm({ link: LINK }, seed)
    const { leech, seeds } = await swarm.star('boxo', 2, { options: ENGINE })
    const content = blocks(1, 2_000)
    const [block] = content
    if (block === undefined) throw new Error('one block')
    for (const peer of seeds) await peer.has(content)
    const fetched = leech.bitswap.get(block.cid)
    await swarm.clock.advance(21)
    for (const peer of seeds) {
      if (wantsIn(swarm.messages(leech, peer), 'block').length > 0) swarm.hub.dropNext(peer.id, leech.id)
    }
    await swarm.clock.until(fetched, 120_000)
    times.push(swarm.clock.now())
    await swarm.stop(leech, ...seeds)
  }
  // By chance the other one is asked, or the same is awaited once more.
  expect(times.some((ms) => ms < 1_000)).toBe(true)
  expect(times.some((ms) => ms > 15_000)).toBe(true)
})
