import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { ALICE, BOB, key } from '../support/names.ts'
import { SessionWorld, want } from '../support/session-world.ts'
import { blocks, Swarm } from '../support/swarm.ts'
import { first } from './puppet.ts'

describe('peers that come and go', () => {
  it('are told of open wants when they come, though nobody asked anew', async () => {
    const swarm = new Swarm()
    const bob = await swarm.add('bob')
    const wanted = blocks(3)
    const session = bob.bitswap.createSession()
    const requests = wanted.map(({ cid }) => session.get(cid))
    for (const request of requests) request.catch(() => undefined)
    for (const name of ['one', 'two', 'three']) {
      const peer = await swarm.add(name)
      await swarm.connect(peer, bob)
      await swarm.clock.advance(600)
      expect(peer.bitswap.wantlistOf(bob.id), name).toHaveLength(3)
    }
    session.close()
  })

  it('that connect and leave in one moment leave nothing behind, however often', async () => {
    const swarm = new Swarm()
    const [bob, alice] = [await swarm.add('bob'), await swarm.add('alice')]
    const wanted = first(blocks(1, 2_000))
    const request = bob.bitswap.get(wanted.cid)
    for (let i = 0; i < 50; i++) {
      await swarm.connect(alice, bob)
      swarm.hub.cut(alice.id, bob.id)
      await swarm.clock.advance(i % 3)
    }
    await swarm.clock.advance(100)
    expect([bob.bitswap.stat().partners, alice.bitswap.stat().partners]).toEqual([[], []])
    expect(alice.bitswap.wantlistOf(bob.id)).toEqual([])
    await alice.has([wanted])
    await swarm.connect(alice, bob)
    expect(await swarm.clock.until(request, 1_000)).toEqual(wanted.bytes)
  })

  it('are of no interest to a session that was closed, and are to one that is open', () => {
    const world = new SessionWorld()
    const [closed, open] = [world.session(), world.session()]
    want(closed, ['a'])
    want(open, ['b'])
    world.step()
    closed.close()
    world.connect(ALICE)
    expect(world.step()).toEqual(['alice: full, block b'])
  })
})

describe('what a peer says', () => {
  it('holds for that peer and that block alone', () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    want(world.session(), ['a', 'b'])
    world.step()
    world.lacks(ALICE, 'a')
    world.has(BOB, 'a')
    world.step()
    expect([world.peers.presence(ALICE, key('a')), world.peers.presence(BOB, key('a'))]).toEqual(['dont-have', 'have'])
    expect([world.peers.presence(ALICE, key('b')), world.peers.presence(BOB, key('b'))]).toEqual(['unknown', 'unknown'])
  })
})

describe('providers', () => {
  it('that cannot be reached do not count: the next one that routing knows is taken', async () => {
    const swarm = new Swarm()
    const [bob, alice] = [await swarm.add('bob'), await swarm.add('alice')]
    const wanted = first(blocks(1, 3_000))
    await alice.has([wanted])
    for (let i = 0; i < 12; i++) swarm.routing.provide(toPeerId(`gone${i}`), wanted.cid)
    swarm.routing.provide(alice.id, wanted.cid)
    expect(await swarm.clock.until(bob.bitswap.get(wanted.cid), 5_000)).toEqual(wanted.bytes)
  })

  it('of one block are looked for once, whoever wants it, and one request that ends leaves the search to the other', async () => {
    const swarm = new Swarm()
    const [bob, alice] = [await swarm.add('bob'), await swarm.add('alice')]
    const wanted = first(blocks(1, 3_000))
    await alice.has([wanted])
    for (let i = 0; i < 5; i++) swarm.routing.provide(toPeerId(`gone${i}`), wanted.cid)
    swarm.routing.provide(alice.id, wanted.cid)
    const abort = new AbortController()
    const given = bob.bitswap.get(wanted.cid, { signal: abort.signal })
    given.catch(() => undefined)
    const kept = bob.bitswap.get(wanted.cid)
    await swarm.clock.advance(100)
    abort.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    expect(await swarm.clock.until(kept, 1_000)).toEqual(wanted.bytes)
    expect(swarm.routing.searches).toBe(1)
  })
})
