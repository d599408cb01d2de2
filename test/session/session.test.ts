import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { ALICE, BOB, CAROL, cid, key } from '../support/names.ts'
import { many, RecordingWaiter, SessionWorld, want } from '../support/session-world.ts'

/** A world where alice has delivered to the session: it is known who serves it. */
function served(...others: readonly PeerId[]) {
  const world = new SessionWorld().connect(ALICE)
  const session = world.session()
  want(session, ['first'])
  world.pass(10)
  world.sends(ALICE, 'first')
  world.connect(...others)
  world.step()
  return { world, session }
}

describe('a session, finding who serves it', () => {
  it('asks one peer for the block and the others whether they have it', () => {
    const world = new SessionWorld().connect(ALICE, BOB, CAROL)
    want(world.session(), ['a'])
    expect(world.step()).toEqual(['alice: full, block a', 'bob: full, have a', 'carol: full, have a'])
  })

  it('goes on with those who delivered, and leaves the others alone', () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    const session = world.session()
    want(session, ['a'])
    world.step()
    world.sends(ALICE, 'a')
    world.step()
    for (const name of many(20)) {
      want(session, [name])
      expect(world.step()).toEqual([`alice: block ${name}`])
      world.sends(ALICE, name)
    }
  })

  it('asks the peer that says it has the block when the one that was asked has not', () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    const waiter = want(world.session(), ['a'])
    world.step()
    world.lacks(ALICE, 'a')
    world.has(BOB, 'a')
    expect(world.step()).toEqual(['bob: block a', 'alice: cancel a'])
    world.sends(BOB, 'a')
    expect(world.step()).toEqual([])
    expect(waiter.heard).toEqual(['a from bob'])
  })

  it('asks no more than 32 wants while nobody has shown to have any', () => {
    const world = new SessionWorld().connect(ALICE)
    want(world.session(), many(100))
    world.step()
    expect(world.wantlist(ALICE).length).toBe(32)
    world.sends(ALICE, 'w0')
    world.pass(20)
    expect(world.wantlist(ALICE).length).toBeGreaterThan(32)
  })

  it('asks at most `broadcastPeers` strangers', () => {
    const world = new SessionWorld({ session: { broadcastPeers: 5 } })
    for (let number = 0; number < 20; number++) world.connect(toPeerId(`peer${number}`))
    want(world.session(), ['a'])
    expect(world.step().length).toBe(5)
  })

  it('looks in the local store first, and asks nobody for what is there', () => {
    const world = new SessionWorld().connect(ALICE)
    world.stored.set(key('a'), new Uint8Array(1))
    const waiter = want(world.session(), ['a'])
    expect(world.step()).toEqual([])
    expect([waiter.heard, world.wants.table.size]).toEqual([['a from here'], 0])
  })

  it('takes a block that somebody stores while the session still looks', async () => {
    const world = new SessionWorld().connect(ALICE)
    const gate = Promise.withResolvers<Uint8Array | undefined>()
    const slow = { get: () => gate.promise }
    Object.assign(world.store, slow)
    const waiter = want(world.session(), ['a'])
    world.wants.fulfil(key('a'), new Uint8Array(1), undefined)
    gate.resolve(undefined)
    expect(await world.settle()).toEqual([])
    expect(waiter.heard).toEqual(['a from here'])
  })

  it('a store that cannot be read fails the want, and no other', async () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    const bad = { get: () => Promise.reject(new Error('EIO')) }
    const good = world.store.get
    Object.assign(world.store, bad)
    const waiter = want(session, ['a'])
    await world.settle()
    Object.assign(world.store, { get: good })
    want(session, ['b'], waiter)
    world.step()
    world.sends(ALICE, 'b')
    expect(waiter.heard).toEqual(['a failed: EIO', 'b from alice'])
  })
})

describe('a session and its waiters', () => {
  it('invariant 2: two waiters and one abort leave one want, and nothing is said to the peer', () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    const [first, second] = [want(session, ['a']), want(session, ['a'])]
    world.step()
    session.unwant(key('a'), first)
    session.unwant(key('a'), first)
    expect(world.step()).toEqual([])
    world.sends(ALICE, 'a')
    expect([first.heard, second.heard]).toEqual([[], ['a from alice']])
  })

  it('the last waiter to go takes the want along: a cancel is sent', () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    const [first, second] = [want(session, ['a']), want(session, ['a'])]
    world.step()
    session.unwant(key('a'), first)
    session.unwant(key('a'), second)
    expect(world.step()).toEqual(['alice: cancel a'])
    expect([session.size, world.wants.table.size]).toEqual([0, 0])
  })

  it('one session ends, the other with the same want does not notice', () => {
    const world = new SessionWorld().connect(ALICE)
    const [one, other] = [world.session(), world.session()]
    const waiters = [want(one, ['a']), want(other, ['a'])]
    expect(world.step()).toEqual(['alice: full, block a'])
    one.close()
    expect(world.step()).toEqual([])
    world.sends(ALICE, 'a')
    expect(waiters.map((waiter) => waiter.heard)).toEqual([['a failed: the session was closed'], ['a from alice']])
  })

  it('closing fails every want, cancels them all, and leaves no timer and no watch behind', () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    const waiter = want(session, ['a', 'b'])
    world.step()
    session.close(new Error('enough'))
    session.close()
    expect(world.step()).toEqual(['alice: cancel a, cancel b'])
    expect(waiter.heard).toEqual(['a failed: enough', 'b failed: enough'])
    expect([world.clock.timers, world.clock.deferred, world.wants.table.size]).toEqual([0, 0, 0])
    world.connect(BOB)
    expect(world.pass(60_000, 1_000)).toEqual([])
  })

  it('a want on a closed session fails at once, and leaves nothing behind', () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    session.close(new Error('enough'))
    expect(want(session, ['a']).heard).toEqual(['a failed: enough'])
    expect([session.size, world.wants.table.size]).toEqual([0, 0])
  })

  it('a block that could not be stored fails the want in every session', () => {
    const world = new SessionWorld().connect(ALICE)
    const waiters = [want(world.session(), ['a']), want(world.session(), ['a'])]
    world.step()
    world.wants.failed(key('a'), new Error('disk full'))
    expect(world.step()).toEqual(['alice: cancel a'])
    for (const { heard } of waiters) expect(heard).toEqual(['a failed: disk full'])
  })

  it('a waiter may want more while it is told of a block', () => {
    const world = new SessionWorld().connect(ALICE)
    const session = world.session()
    const second = new RecordingWaiter()
    const first = new RecordingWaiter()
    const arrived = first.arrived.bind(first)
    first.arrived = (of, bytes, from) => {
      arrived(of, bytes, from)
      want(session, ['a', 'b'], second)
    }
    want(session, ['a'], first)
    world.step()
    world.sends(ALICE, 'a')
    expect(world.step()).toEqual(['alice: block a, block b'])
  })
})

describe('a session whose peer is no use', () => {
  it('a want is taken back from a silent peer when another one has the block, and only once', () => {
    const world = new SessionWorld({ session: { hedgeShare: 0 } }).connect(ALICE, BOB, CAROL)
    want(world.session(), ['a'])
    world.step()
    world.has(BOB, 'a')
    world.has(CAROL, 'a')
    const first = world.pass(7_200, 50)
    const second = world.pass(8_000, 50)
    expect([first, second]).toEqual([['bob: block a', 'alice: cancel a'], ['carol: block a']])
  })

  it('a peer that stalls is passed over and its wants go elsewhere', () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    const waiter = want(world.session(), ['a'])
    expect(world.step()).toEqual(['alice: full, block a', 'bob: full, have a'])
    expect(world.pass(6_900, 50)).toEqual([])
    expect(world.pass(200, 50)).toEqual(['bob: block a'])
    world.sends(BOB, 'a')
    expect([waiter.heard, world.step()]).toEqual([['a from bob'], ['alice: cancel a']])
  })

  it('a peer that answers others meanwhile is not stalled: silence counts, not the age of a want', () => {
    const { world, session } = served(BOB)
    want(session, many(30))
    world.step()
    for (let i = 0; i < 25; i++) {
      world.pass(900, 100)
      world.sends(ALICE, `w${i}`)
    }
    expect(world.peers.pace(ALICE)?.isStalled(world.clock.now())).toBe(false)
    expect(world.wantlist(BOB)).toEqual([])
  })

  it('a peer that was asked for another session, which is gone, is watched all the same', () => {
    const world = new SessionWorld().connect(ALICE)
    const first = world.session()
    want(first, ['a'])
    world.step()
    const second = world.session()
    const waiter = want(second, ['a'])
    world.step()
    first.close()
    world.connect(BOB)
    world.pass(8_000, 50)
    expect(world.wantlist(BOB)).toEqual(['a'])
    world.sends(BOB, 'a')
    expect(waiter.heard).toEqual(['a from bob'])
  })

  it('a peer that has sixteen wants after each other not is still watched while it owes', () => {
    const { world, session } = served(BOB)
    const waiter = want(session, many(40))
    world.step()
    const asked = world.wantlist(ALICE)
    world.lacks(ALICE, ...asked.slice(0, 20))
    const fromBob = (): number => waiter.heard.filter((line) => line.endsWith('bob')).length
    for (let i = 0; i < 200 && fromBob() < 40; i++) {
      world.sends(BOB, ...world.wantlist(BOB).slice(0, 1))
      world.pass(50)
    }
    expect(fromBob()).toBe(40)
  })

  it('a peer that leaves: its wants go to whoever is there', () => {
    const { world, session } = served(BOB)
    want(session, ['a', 'b'])
    expect(world.step()).toEqual(['alice: block a, block b'])
    world.disconnect(ALICE)
    expect(world.step()).toEqual(['bob: full, block a, block b'])
  })

  it('all peers leave: routing is asked at once, and whoever comes back is asked', async () => {
    const { world, session } = served()
    want(session, ['a'])
    world.step()
    world.disconnect(ALICE)
    await world.settle()
    expect(world.searches).toEqual(['a'])
    world.connect(BOB)
    expect(world.step()).toEqual(['bob: full, block a'])
  })

  it('a peer that lies loses all that it was asked for to others, and is asked no more after the third time', () => {
    const { world, session } = served(BOB)
    want(session, ['a', 'b'])
    world.step()
    world.peers.lied(ALICE)
    expect(world.step()).toEqual(['alice: cancel a, cancel b', 'bob: full, block a, block b'])
    for (const name of ['c', 'd']) {
      world.wants.ask(ALICE, world.wants.hold(cid(name), silent), 'block', 1)
      world.peers.lied(ALICE)
    }
    world.step()
    expect(world.peers.isTrusted(ALICE)).toBe(false)
    world.disconnect(BOB)
    const before = world.wantlist(ALICE)
    want(session, ['e'])
    world.step()
    expect(world.wantlist(ALICE)).toEqual(before)
  })

  it('a peer whose room is full of questions it never answered does not hold up the others', () => {
    const world = new SessionWorld({ maxOutstandingPerPeer: 4 }).connect(ALICE)
    for (const name of many(4, 'q')) world.wants.ask(ALICE, world.wants.hold(cid(name), silent), 'have', 1)
    expect(world.wants.room(ALICE)).toBe(0)
    world.connect(BOB)
    want(world.session(), ['a'])
    world.pass(50)
    expect(world.wantlist(BOB)).toEqual(['a'])
  })

  it('a lone peer whose room is full of questions it never answered does not keep routing from being asked', async () => {
    const world = new SessionWorld({ maxOutstandingPerPeer: 4 }).connect(ALICE)
    for (const name of many(4, 'q')) world.wants.ask(ALICE, world.wants.hold(cid(name), silent), 'have', 1)
    want(world.session(), ['a'])
    world.pass(1_100, 50)
    await world.settle()
    expect(world.searches).toEqual(['a'])
  })

  it('a peer that said it has a block and then that it has not is not asked again for it, another is', () => {
    const { world, session } = served(BOB)
    want(session, ['a'])
    world.step()
    world.has(ALICE, 'a')
    world.lacks(ALICE, 'a')
    expect(world.step()).toEqual(['bob: full, block a', 'alice: cancel a'])
  })
})

describe('a session that nobody can serve', () => {
  it('leaves the want with its peers and gets the block the day one of them has it', () => {
    const { world, session } = served(BOB)
    const waiter = want(session, ['a'])
    world.step()
    world.lacks(ALICE, 'a')
    world.step()
    world.lacks(BOB, 'a')
    world.step()
    const holding = [ALICE, BOB].map((peer) => [...world.wantlist(peer), ...world.wantlist(peer, 'have')])
    expect(holding).toEqual([['a'], ['a']])
    world.has(BOB, 'a')
    expect(world.step().join()).toContain('bob: block a')
    world.sends(BOB, 'a')
    expect(waiter.heard).toEqual(['a from bob'])
  })

  it('asks routing at once when no connected peer can have it, and the providers it finds', async () => {
    const { world, session } = served()
    world.routing.set(key('a'), [BOB])
    world.dials.set(BOB, 'reached')
    want(session, ['a'])
    world.pass(900, 50)
    expect(world.searches).toEqual([])
    world.lacks(ALICE, 'a')
    expect(await world.settle()).toContain('bob: full, block a')
    expect(world.searches).toEqual(['a'])
  })

  it('asks routing at once when nobody is connected', async () => {
    const world = new SessionWorld()
    want(world.session(), ['a'])
    await world.settle()
    expect(world.searches).toEqual(['a'])
  })

  it('asks routing again and again, further and further apart, and the peers it knows', async () => {
    const { world, session } = served()
    want(session, ['a'])
    world.step()
    world.lacks(ALICE, 'a')
    await world.settle()
    const times = world.searches.map(() => 0)
    let asked = 0
    for (let second = 1; second <= 300; second++) {
      world.pass(1_000, 500)
      await world.settle()
      if (world.wantlist(ALICE).includes('a')) {
        asked++
        world.lacks(ALICE, 'a')
      }
      while (world.searches.length > times.length) times.push(second)
    }
    expect(times.slice(0, 5)).toEqual([0, 1, 3, 7, 15])
    const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(61)
    expect(asked).toBeGreaterThan(3)
  })

  it('a steady stream of other blocks does not put off the search for a missing one', async () => {
    const { world, session } = served()
    want(session, ['missing', ...many(100)])
    world.step()
    world.lacks(ALICE, 'missing')
    for (let i = 0; i < 30; i++) {
      world.pass(100, 50)
      await world.settle()
      world.sends(ALICE, `w${i}`)
    }
    expect(world.searches).toContain('missing')
  })

  it('a search is left when nobody waits for its block any more', async () => {
    const world = new SessionWorld()
    world.slowRouting = true
    const session = world.session()
    const waiter = want(session, ['a'])
    await world.settle()
    session.unwant(key('a'), waiter)
    await world.settle()
    expect(world.searches).toEqual(['a', '-a'])
  })

  it('a thousand missing blocks ask routing about a few at a time, and about all in the end', async () => {
    const world = new SessionWorld({ session: { maxRetryDelayMs: 1_000 } })
    want(world.session(), many(30))
    await world.settle()
    expect(world.searches.length).toBe(3)
    for (let i = 0; i < 12; i++) {
      world.pass(1_000, 500)
      await world.settle()
    }
    expect(new Set(world.searches).size).toBe(30)
  })
})

describe('a session with hints', () => {
  const hint = (peer: typeof ALICE) => ({ peer, addresses: [] })

  it('connects to the peers that were named before it asks others', async () => {
    const world = new SessionWorld().connect(ALICE)
    world.dials.set(BOB, 'reached')
    const session = world.session([hint(BOB)])
    want(session, ['a'])
    expect(world.step()).toEqual([])
    expect(await world.settle()).toEqual(['bob: full, block a'])
  })

  it('asks a peer that was named and is connected at once, and nobody else', () => {
    const world = new SessionWorld().connect(ALICE, BOB, CAROL)
    want(world.session([hint(CAROL)]), ['a'])
    expect(world.step()).toEqual(['carol: full, block a'])
  })

  it('hints that cannot be reached do not hold up others', async () => {
    const world = new SessionWorld().connect(ALICE)
    world.dials.set(BOB, 'refused')
    want(world.session([hint(BOB), { addresses: ['/ip4/1.2.3.4/tcp/1'] }]), ['a'])
    expect(await world.settle()).toEqual(['alice: full, block a'])
  })

  it('hints that never answer hold up others for a moment only', async () => {
    const world = new SessionWorld().connect(ALICE)
    world.dials.set(BOB, 'hangs')
    want(world.session([hint(BOB)]), ['a'])
    await world.settle()
    expect(world.pass(900, 50)).toEqual([])
    expect(world.pass(200, 50)).toEqual(['alice: full, block a'])
  })

  it('a hint that comes with a later call is asked, too', async () => {
    const { world, session } = served()
    want(session, ['a'])
    world.step()
    world.lacks(ALICE, 'a')
    world.step()
    world.dials.set(BOB, 'reached')
    session.addProvider(hint(BOB))
    expect((await world.settle()).join()).toContain('bob: full, block a')
  })

  it('a hint that is lost in the middle, or comes up late, is connected to again', async () => {
    const world = new SessionWorld()
    world.dials.set(BOB, 'refused')
    const session = world.session([hint(BOB)])
    want(session, ['a', 'b'])
    expect(await world.settle()).toEqual([])
    world.dials.set(BOB, 'reached')
    expect(world.pass(1_000)).toEqual(['bob: full, block a, block b'])
    await world.settle()
    world.sends(BOB, 'a')
    world.step()
    world.disconnect(BOB)
    expect(await world.settle()).toEqual(['bob: full, block b'])
  })

  it('a hint for a closed session is not even dialed', async () => {
    const world = new SessionWorld()
    world.dials.set(BOB, 'reached')
    const session = world.session()
    session.close()
    session.addProvider(hint(BOB))
    await world.settle()
    expect(world.peers.isConnected(BOB)).toBe(false)
  })
})

describe('sessions side by side', () => {
  it('a session never starves beside another one on the same peer', () => {
    const world = new SessionWorld().connect(ALICE)
    const [greedy, modest] = [world.session(), world.session()]
    want(greedy, many(2_000, 'g'))
    world.step()
    const waiter = want(modest, many(20, 'm'))
    world.step()
    for (let i = 0; waiter.heard.length < 20 && i < 200; i++) {
      // Alice serves what it was asked for first, one block every ten milliseconds.
      const [next] = world.wantlist(ALICE)
      if (next !== undefined) world.sends(ALICE, next)
      world.pass(10)
    }
    expect(waiter.heard.length).toBeGreaterThanOrEqual(8)
  })

  it('both get a block that one of them asked for, and it is asked for once', () => {
    const world = new SessionWorld().connect(ALICE)
    const waiters = [want(world.session(), ['a']), want(world.session(), ['a'])]
    expect(world.step()).toEqual(['alice: full, block a'])
    world.sends(ALICE, 'a')
    for (const { heard } of waiters) expect(heard).toEqual(['a from alice'])
  })

  it('both go on when the peer that one of them asked has not got the block', () => {
    const world = new SessionWorld().connect(ALICE)
    const waiters = [want(world.session(), ['a']), want(world.session(), ['a'])]
    world.step()
    world.lacks(ALICE, 'a')
    world.connect(BOB)
    world.step()
    world.sends(BOB, 'a')
    for (const { heard } of waiters) expect(heard).toEqual(['a from bob'])
  })
})

const silent = { fulfilled: () => undefined, presence: () => undefined, failed: () => undefined }
