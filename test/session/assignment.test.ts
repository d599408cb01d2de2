import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { ALICE, BOB, key } from '../support/names.ts'
import { many, SessionWorld, want } from '../support/session-world.ts'

/** Alice and bob, both named by the caller. */
function named() {
  const world = new SessionWorld().connect(ALICE, BOB)
  const session = world.session([ALICE, BOB].map((peer) => ({ peer, addresses: [] })))
  return { world, session }
}

describe('giving wants to peers', () => {
  it('shares them out, each to one peer, by who is expected to be done first', () => {
    const { world, session } = named()
    want(session, many(40))
    world.step()
    const [a, b] = [world.wantlist(ALICE), world.wantlist(BOB)]
    expect([a.length, b.length]).toEqual([20, 20])
    expect(new Set([...a, ...b]).size).toBe(40)
  })

  it('keeps within the window of each, and gives out the rest as they deliver', () => {
    const { world, session } = named()
    const waiter = want(session, many(1_000))
    world.step()
    expect([world.wantlist(ALICE).length, world.wantlist(BOB).length]).toEqual([32, 32])
    for (let i = 0; i < 300 && waiter.heard.length < 1_000; i++) {
      for (const peer of [ALICE, BOB]) world.sends(peer, ...world.wantlist(peer).slice(0, 16))
      world.pass(10)
    }
    expect(waiter.heard.length).toBe(1_000)
  })

  it('a slow peer gets less than a fast one, and holds up nothing', () => {
    const { world, session } = named()
    const waiter = want(session, many(600))
    for (let i = 0; i < 400 && waiter.heard.length < 600; i++) {
      world.pass(10)
      world.sends(ALICE, ...world.wantlist(ALICE).slice(0, 8))
      if (i % 10 === 0) world.sends(BOB, ...world.wantlist(BOB).slice(0, 1))
    }
    const fromBob = waiter.heard.filter((line) => line.endsWith('bob')).length
    expect(waiter.heard.length).toBe(600)
    expect(fromBob).toBeLessThan(100)
  })

  it('many wants that only one busy peer has do not hold up those that an idle one has', () => {
    const { world, session } = named()
    const rare = many(300, 'rare')
    // It is known that bob has none of them; alice has all, and is slow.
    for (const name of rare) world.peers.recordPresence(BOB, key(name), false)
    want(session, rare)
    world.step()
    expect([world.wantlist(ALICE).length, world.wantlist(BOB).length]).toEqual([32, 0])
    const waiter = want(session, many(50, 'common'))
    for (let i = 0; i < 80 && waiter.heard.length < 50; i++) {
      world.pass(10)
      world.sends(BOB, ...world.wantlist(BOB))
    }
    expect(waiter.heard.length).toBe(50)
  })

  it('asks scouts while it is not sure of the peer it asks, and none when it is', () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    const session = world.session()
    want(session, ['a'])
    expect(world.step()).toEqual(['alice: full, block a', 'bob: full, have a'])
    world.sends(ALICE, 'a')
    world.step()
    for (const name of many(10)) {
      want(session, [name])
      world.step()
      world.sends(ALICE, name)
    }
    want(session, ['z'])
    expect(world.step()).toEqual(['alice: block z'])
  })

  it('where each peer has a part, all are asked at once, not three by three', () => {
    const peers = many(10, 'peer').map((name) => toPeerId(name))
    const world = new SessionWorld().connect(...peers)
    const session = world.session()
    let trips = 0
    for (const [number, name] of many(60).entries()) {
      const holder = peers[(number * 7) % peers.length] ?? ALICE
      const waiter = want(session, [name])
      while (waiter.heard.length === 0) {
        world.step()
        if (number >= 40) trips++
        for (const peer of peers) {
          const [block] = world.wantlist(peer)
          const [question] = world.wantlist(peer, 'have')
          if (peer === holder && block !== undefined) world.sends(peer, block)
          else if (peer === holder && question !== undefined) world.has(peer, question)
          else if (block ?? question) world.lacks(peer, name)
        }
        world.clock.advance(100)
      }
    }
    // One to find it where it was not guessed, and one to get it.
    expect(trips).toBeLessThanOrEqual(2 * 20)
  })

  it('takes the want back from who said no when it asks another for the block', () => {
    const { world, session } = named()
    want(session, ['a'])
    expect(world.step()).toEqual(['alice: full, block a', 'bob: full, have a'])
    world.lacks(ALICE, 'a')
    expect(world.step()).toEqual(['bob: block a', 'alice: cancel a'])
  })
})
