import { describe, expect, test } from 'vitest'
import { CLIENTS } from '../../../src/laboratory/clients/catalogue.ts'
import { throughCodec } from '../../../src/simulation/wire.ts'
import { blocks } from '../../support/swarm.ts'
import { ClientSwarm } from './client-swarm.ts'

const LINK = { latencyMs: 10, bytesPerSecond: 2_000_000 }
const NAMES = CLIENTS.map(({ name }) => name)

describe.each(NAMES)('%s', (name) => {
  test('fetches all blocks from three seeds, and is left with no open want', async () => {
    const swarm = new ClientSwarm({ link: LINK, wire: throughCodec })
    const { leech, seeds } = await swarm.star(name, 3)
    const content = blocks(100, 8_000)
    for (const seed of seeds) await seed.has(content)
    await swarm.fetch(leech, content, { limitMs: 60_000 })
    await swarm.clock.advance(1_000)
    expect(leech.bitswap.wantlist()).toEqual([])
    for (const seed of seeds) expect(seed.bitswap.wantlistOf(leech.id)).toEqual([])
    expect(leech.bitswap.stat()).toMatchObject({ faults: 0 })
    await swarm.stop(leech, ...seeds)
  })

  test('survives that a seed leaves in the middle', async () => {
    const swarm = new ClientSwarm({ link: { ...LINK, bytesPerSecond: 200_000 } })
    const { leech, seeds } = await swarm.star(name, 3)
    const content = blocks(100, 8_000)
    for (const seed of seeds) await seed.has(content)
    const fetched = swarm.fetch(leech, content, { limitMs: 120_000 })
    swarm.clock.setTimer(500, () => {
      // The one it leans on most.
      const [busiest] = seeds.toSorted((a, b) => b.bitswap.stat().blocksSent - a.bitswap.stat().blocksSent)
      if (busiest !== undefined) swarm.hub.cut(leech.id, busiest.id)
    })
    await fetched
    expect(leech.bitswap.wantlist()).toEqual([])
    await swarm.stop(leech, ...seeds)
  })

  test('finds a seed by routing, and one that connects late', async () => {
    const swarm = new ClientSwarm({ link: LINK })
    const { leech } = await swarm.star(name, 0)
    const known = await swarm.addClient('known', name)
    const late = await swarm.addClient('late', name)
    const [first, second] = blocks(2, 8_000)
    if (first === undefined || second === undefined) throw new Error('two blocks')
    await known.has([first])
    swarm.routing.provide(known.id, first.cid)
    await swarm.fetch(leech, [first], { limitMs: 60_000 })
    await late.has([second])
    const fetched = leech.bitswap.get(second.cid)
    await swarm.clock.advance(3_000)
    await swarm.connect(leech, late)
    expect(await swarm.clock.until(fetched, 120_000)).toEqual(second.bytes)
    await swarm.stop(leech, known, late)
  })

  test('gives up when it is told to, and the peers are told so', async () => {
    const swarm = new ClientSwarm({ link: LINK })
    const { leech, seeds } = await swarm.star(name, 2)
    const [block] = blocks(1)
    if (block === undefined) throw new Error('one block')
    const fetched = leech.bitswap.get(block.cid, { signal: swarm.signalAfter(5_000) })
    await expect(swarm.clock.until(fetched)).rejects.toThrow('time is up')
    await swarm.clock.advance(1_000)
    expect(leech.bitswap.wantlist()).toEqual([])
    for (const seed of seeds) expect(seed.bitswap.wantlistOf(leech.id)).toEqual([])
    await swarm.stop(leech, ...seeds)
  })

  test('asks nobody but the named peers when told so', async () => {
    const swarm = new ClientSwarm({ link: LINK })
    const { leech, seeds } = await swarm.star(name, 2)
    const [block, missing] = blocks(2)
    const [named, other] = seeds
    if (block === undefined || missing === undefined || named === undefined || other === undefined)
      throw new Error('two')
    for (const seed of seeds) await seed.has([block])
    const options = { providers: [named.id], broadcast: false }
    expect(await swarm.clock.until(leech.bitswap.get(block.cid, options), 60_000)).toEqual(block.bytes)
    expect(swarm.messages(leech, other).flatMap(({ wants }) => wants)).toEqual([])
    const signal = swarm.signalAfter(120_000)
    await expect(swarm.clock.until(leech.bitswap.get(missing.cid, { ...options, signal }))).rejects.toThrow()
    expect(swarm.messages(leech, other).flatMap(({ wants }) => wants)).toEqual([])
    await swarm.stop(leech, ...seeds)
  })

  test('the same seed gives the same messages', async () => {
    const run = async (): Promise<string> => {
      const swarm = new ClientSwarm({ link: LINK }, 7)
      const { leech, seeds } = await swarm.star(name, 3)
      const content = blocks(60, 3_000)
      for (const seed of seeds) await seed.has(content)
      await swarm.fetch(leech, content)
      await swarm.stop(leech, ...seeds)
      const lines = swarm.hub.log.map(({ atMs, from, to, bytes }) => `${atMs} ${from} ${to} ${bytes}`)
      return lines.join('\n')
    }
    expect(await run()).toBe(await run())
  })
})
