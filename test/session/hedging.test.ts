import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/ids.ts'
import { ALICE, BOB, CAROL, cid, key } from '../support/names.ts'
import { many, SessionWorld, want, type WorldOptions } from '../support/session-world.ts'

/** A session that alice and bob serve, of whom it is known that a block takes ten milliseconds. */
function servedBy(peers: readonly PeerId[], options: WorldOptions = {}) {
  const world = new SessionWorld(options).connect(...peers)
  const session = world.session(peers.map((peer) => ({ peer, addresses: [] })))
  for (const peer of peers) {
    const name = `warm-${peer}`
    const shared = world.wants.hold(cid(name), silent)
    world.wants.ask(peer, shared, 'block', 1)
    world.pass(10)
    world.sends(peer, name)
  }
  world.step()
  return { world, session }
}

const silent = { fulfilled: () => undefined, presence: () => undefined, failed: () => undefined }

describe('the end of a transfer', () => {
  it('asks an idle peer for a late block, too, and takes whichever comes first', () => {
    const { world, session } = servedBy([ALICE, BOB])
    const waiter = want(session, ['a'])
    expect(world.step()).toEqual(['alice: block a', 'bob: have a'])
    const later = world.pass(200, 5)
    expect(later).toEqual(['bob: block a'])
    world.sends(BOB, 'a')
    expect([waiter.heard, world.step()]).toEqual([['a from bob'], ['alice: cancel a']])
  })

  it('asks nobody else while the peer delivers what it was asked for before', () => {
    const { world, session } = servedBy([ALICE, BOB])
    const waiter = want(session, ['a'])
    world.step()
    for (let turn = 0; turn < 20; turn++) {
      const name = `before-${turn}`
      world.wants.ask(ALICE, world.wants.hold(cid(name), silent), 'block', 1)
      expect(world.pass(25, 5).filter((line) => line.startsWith('bob: block'))).toEqual([])
      world.sends(ALICE, name)
    }
    world.sends(ALICE, 'a')
    expect(waiter.heard).toEqual(['a from alice'])
  })

  it('asks one more peer for a late block, and no third', () => {
    const { world, session } = servedBy([ALICE, BOB, CAROL])
    want(session, ['a'])
    const told = world.pass(500, 5).filter((line) => line.includes('block a'))
    expect(told.length).toBe(2)
  })

  it('asks nobody twice while there is fresh work', () => {
    const { world, session } = servedBy([ALICE, BOB])
    want(session, many(500))
    world.pass(300, 10)
    const twice = world.wantlist(ALICE).filter((name) => world.wantlist(BOB).includes(name))
    expect(twice).toEqual([])
  })

  it('spends at most its share, and two for each peer after a second, on second copies', () => {
    const { world, session } = servedBy([ALICE, BOB], { session: { hedgeShare: 0.02, minStallMs: 5_000 } })
    want(session, many(40))
    world.step()
    for (const name of [...world.wantlist(BOB)]) world.sends(BOB, name)
    const twice: number[] = []
    for (let turn = 0; turn < 18; turn++) {
      world.pass(100, 10)
      const names = [...world.wantlist(BOB)]
      for (const name of names) world.sends(BOB, name)
      twice.push(names.length)
    }
    const sum = (turns: readonly number[]) => turns.reduce((all, one) => all + one, 0)
    expect([sum(twice.slice(0, 9)), sum(twice.slice(9))]).toEqual([1, 3])
  })

  it('beyond its share, asks for what a peer owes that is silent for longer than a short stall, whatever it gave before', () => {
    const { world, session } = servedBy([ALICE, BOB], { session: { hedgeShare: 0.02, minStallMs: 1_000 } })
    const waiter = want(session, many(40))
    world.step()
    for (const name of world.wantlist(BOB)) world.sends(BOB, name)
    world.pass(3_000, 10)
    world.sends(ALICE, ...world.wantlist(ALICE).slice(0, 1))
    const hanging = world.wantlist(ALICE).length
    for (let turn = 0; turn < 8 && waiter.heard.length < 40; turn++) {
      world.pass(1_000, 10)
      for (const name of world.wantlist(BOB)) world.sends(BOB, name)
    }
    expect([hanging > 5, waiter.heard.length, world.clock.now() < 4_500]).toEqual([true, 40, true])
  })

  it('asks no third for what hangs, when the second hangs as well, but one that does not', () => {
    const { world, session } = servedBy([ALICE, BOB, CAROL])
    want(session, ['a'])
    world.wants.ask(CAROL, world.wants.hold(cid('b'), silent), 'block', 1)
    const told = world.pass(2_500, 5).filter((line) => line.includes('block a'))
    expect(told).toEqual(['alice: block a', 'bob: block a'])
    world.sends(CAROL, 'b')
    expect(world.pass(300, 5)).toEqual(['carol: block a'])
  })

  it('asks nobody twice when its share is nothing', () => {
    const { world, session } = servedBy([ALICE, BOB], { session: { hedgeShare: 0 } })
    want(session, ['a'])
    expect(world.pass(500, 5).filter((line) => line.includes('block'))).toEqual(['alice: block a'])
  })

  it('does not ask a peer that said it has not got the block', () => {
    const { world, session } = servedBy([ALICE, BOB])
    want(session, ['a'])
    world.step()
    world.wants.ask(BOB, world.wants.hold(cid('a'), silent), 'have', 1)
    world.lacks(BOB, 'a')
    world.step()
    expect(world.pass(500, 5).filter((line) => line.startsWith('bob: block'))).toEqual([])
    expect(world.wants.table.get(key('a'))?.inFlight.size).toBe(1)
  })
})
