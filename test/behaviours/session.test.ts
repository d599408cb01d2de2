import { describe, expect, it } from 'vitest'
import { ALICE, BOB } from '../support/names.ts'
import { many, SessionWorld, want } from '../support/session-world.ts'
import { blocks, Swarm } from '../support/swarm.ts'
import { first, Puppet, wireBlock } from './puppet.ts'

describe('a session with more wants than a peer may hold', () => {
  it.each([0, 1_024, 2_048])('gets block %i of 2,049 when a peer comes to have it', async (index) => {
    const swarm = new Swarm()
    const [bob, alice] = [await swarm.add('bob'), await swarm.add('alice')]
    await swarm.connect(bob, alice)
    const wanted = blocks(2_049)
    const session = bob.bitswap.createSession()
    const requests = wanted.map(({ cid }) => session.get(cid))
    for (const request of requests) request.catch(() => undefined)
    await swarm.clock.advance(2_000)
    const lucky = wanted.slice(index, index + 1)
    await alice.has(lucky)
    // The want may not stand with the peer at the moment; then it is told in one of the next rounds.
    expect(await swarm.clock.until(Promise.race(requests), 61_000)).toEqual(first(lucky).bytes)
    session.close()
  })

  it('gets a block that is stored here at once, whichever it is', async () => {
    const swarm = new Swarm()
    const [bob, alice] = [await swarm.add('bob'), await swarm.add('alice')]
    await swarm.connect(bob, alice)
    const wanted = blocks(2_500)
    const session = bob.bitswap.createSession()
    const requests = wanted.map(({ cid }) => session.get(cid))
    for (const request of requests) request.catch(() => undefined)
    await swarm.clock.advance(2_000)
    for (const index of [0, 1_250, 2_499]) {
      await bob.has(wanted.slice(index, index + 1))
      expect(await swarm.clock.until(requests[index] ?? Promise.reject(new Error('no request')), 0)).toHaveLength(64)
    }
    session.close()
  })
})

describe('a session that runs out of peers', () => {
  it('searches as soon as the last one that may have the block has left, or denied it', async () => {
    const world = new SessionWorld({ session: { providerSearchDelayMs: 10_000 } }).connect(ALICE, BOB)
    want(world.session(), ['a'])
    world.step()
    world.lacks(ALICE, 'a')
    await world.settle()
    expect(world.searches).toEqual([])
    world.disconnect(ALICE)
    await world.settle()
    expect(world.searches, 'one is left that has not answered').toEqual([])
    world.disconnect(BOB)
    await world.settle()
    expect(world.searches).toEqual(['a'])
  })

  it('asks each of them once, and routing once, while nothing changes', async () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    want(world.session(), ['a'])
    const told = world.step()
    world.lacks(ALICE, 'a')
    world.lacks(BOB, 'a')
    told.push(...world.pass(1_500))
    await world.settle()
    expect(told.filter((line) => line.includes('block a')).length).toBeLessThanOrEqual(2)
    expect(world.searches).toEqual(['a'])
  })

  it('a peer that lacked more blocks in a row than is borne is still asked for the one it said it has', () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    const waiter = want(session, [...many(20), 'a'])
    world.step()
    world.has(ALICE, 'a')
    world.lacks(ALICE, ...many(20))
    world.pass(100)
    expect(world.wantlist(ALICE)).toContain('a')
    world.sends(ALICE, 'a')
    world.step()
    expect(waiter.heard).toEqual(['a from alice'])
  })
})

describe('a session that was closed', () => {
  it('is not harmed by what still comes for it, and harms no other', async () => {
    const swarm = new Swarm()
    const bob = await swarm.add('bob')
    const giver = await Puppet.join(swarm, 'giver')
    await swarm.clock.until(giver.port.connect({ peer: bob.id, addresses: [] }))
    const [one, two] = [first(blocks(1, 2_000)), first(blocks(1, 2_000, 1))]
    const closed = bob.bitswap.createSession()
    const gone = closed.get(one.cid)
    const other = bob.bitswap.get(two.cid)
    await swarm.clock.advance(100)
    closed.close()
    await expect(gone).rejects.toMatchObject({ name: 'SessionClosedError' })
    giver.says(bob, { blocks: [wireBlock(one), wireBlock(two)] })
    expect(await swarm.clock.until(other, 1_000)).toEqual(two.bytes)
    expect([bob.store.has(one.cid), bob.store.has(two.cid)]).toEqual([false, true])
    expect(bob.bitswap.stat().unwantedBlocksReceived).toBe(0)
  })
})
