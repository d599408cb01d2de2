import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { MAX_FELLOWS, MAX_LANDMARKS, MAX_SHOWN } from '../../src/session/fellows.ts'
import { ALICE, BOB, CAROL, key } from '../support/names.ts'
import { many, SessionWorld, want } from '../support/session-world.ts'

/** Alice serves the session; bob and carol are connected. */
function served() {
  const world = new SessionWorld().connect(ALICE, BOB, CAROL)
  const session = world.session([{ peer: ALICE, addresses: [] }])
  return { world, session }
}

describe('fellows, who want what a session wants', () => {
  it('are told of its wants, and whoever has a block by then is asked for it', () => {
    const { world, session } = served()
    world.awaited.set(key('w0'), [BOB])
    want(session, many(20))
    world.step()
    expect(world.wantlist(BOB, 'have').length).toBe(20)
    const waiting = many(20).find((name) => !world.wantlist(ALICE).includes(name)) ?? ''
    world.has(BOB, waiting)
    expect(world.step()).toContain(`bob: block ${waiting}`)
  })

  it('leave the holder with no more wants of ours than keep it busy', () => {
    const { world, session } = served()
    world.awaited.set(key('w0'), [BOB])
    want(session, many(100))
    world.step()
    expect(world.wantlist(ALICE).length).toBeLessThanOrEqual(6)
  })

  it('does not leave a peer idle because all that is shown to them waits for another', () => {
    const world = new SessionWorld().connect(ALICE, BOB, CAROL)
    const names = many(MAX_SHOWN + 100)
    const atAlice = names.slice(0, MAX_SHOWN + 50)
    const atBob = names.slice(MAX_SHOWN + 50)
    for (const name of atAlice) world.peers.recordPresence(BOB, key(name), false)
    for (const name of atBob) world.peers.recordPresence(ALICE, key(name), false)
    world.awaited.set(key('w0'), [CAROL])
    want(world.session([ALICE, BOB].map((peer) => ({ peer, addresses: [] }))), names)
    world.step()
    const asked = world.wantlist(BOB).length
    expect(asked).toBeGreaterThan(0)
    expect(world.wantlist(CAROL, 'have').length).toBe(MAX_SHOWN)
    // Nor later, when bob has room again and all others wait as before.
    world.sends(BOB, ...world.wantlist(BOB))
    world.step()
    expect(world.wantlist(BOB).length).toBeGreaterThanOrEqual(asked)
  })

  it('without any, everything is as ever: the holder is asked at once, and nobody else is told', () => {
    const { world, session } = served()
    want(session, many(20))
    world.step()
    expect([world.wantlist(ALICE).length, world.wantlist(BOB, 'have').length]).toEqual([20, 0])
  })

  it('who come later have what was asked too early taken back, but for what may be on its way', () => {
    const { world, session } = served()
    want(session, many(30))
    world.step()
    expect(world.wantlist(ALICE).length).toBe(30)
    world.wants.seekers.wantedToo(BOB, key('w3'))
    world.step()
    expect(world.wantlist(ALICE).length).toBeLessThanOrEqual(6)
    expect(world.wantlist(BOB, 'have').length).toBe(30)
  })

  it('are known by the first blocks that a session got, as long as it is open', () => {
    const { world, session } = served()
    const waiter = want(session, ['root'])
    world.step()
    world.sends(ALICE, 'root')
    want(session, many(20))
    world.step()
    world.wants.seekers.wantedToo(BOB, key('root'))
    world.step()
    expect(world.wantlist(BOB, 'have').length).toBe(20)
    expect(waiter.heard).toEqual(['root from alice'])
    session.close()
    world.step()
    world.wants.seekers.wantedToo(CAROL, key('root'))
    expect(world.step()).toEqual([])
  })

  it('the rarest block is asked for first', () => {
    const { world, session } = served()
    for (const name of many(40)) world.awaited.set(key(name), [BOB, CAROL])
    want(session, many(40))
    world.step()
    const asked = new Set(world.wantlist(ALICE))
    const rest = many(40).filter((name) => !asked.has(name))
    const rare = rest.at(-1) ?? ''
    // Bob and carol are asked for what they have until they are busy; of the rest, only one is nowhere else.
    world.has(BOB, ...rest.slice(0, -1))
    world.has(CAROL, ...rest.slice(0, -1))
    world.step()
    for (const name of asked) world.sends(ALICE, name)
    world.step()
    expect(world.wantlist(ALICE)).toContain(rare)
  })

  it('are so many at most, and told of so many wants', () => {
    const { world, session } = served()
    const crowd = Array.from({ length: MAX_FELLOWS + 8 }, (_, number) => toPeerId(`fellow${number}`))
    world.connect(...crowd)
    world.awaited.set(key('w0'), crowd)
    want(session, many(MAX_SHOWN + 100))
    world.step()
    const lists = crowd.map((peer) => world.wantlist(peer, 'have').length)
    expect(lists.filter((length) => length >= MAX_SHOWN / 2).length).toBe(MAX_FELLOWS)
    expect(Math.max(...lists)).toBeLessThanOrEqual(MAX_SHOWN + 1)
  })

  it('are known by so many blocks at most', () => {
    const { world, session } = served()
    const names = many(MAX_LANDMARKS + 4, 'first')
    for (const name of names) {
      want(session, [name])
      world.step()
      world.sends(ALICE, name)
    }
    want(session, many(3))
    world.step()
    world.wants.seekers.wantedToo(BOB, key(names.at(-1) ?? ''))
    expect(world.step()).toEqual([])
    world.wants.seekers.wantedToo(BOB, key(names.at(MAX_LANDMARKS - 1) ?? ''))
    expect(world.step()).toEqual(['bob: full, have w0, have w1, have w2'])
  })

  it('are nobody but those named, where nobody else may be asked', () => {
    const world = new SessionWorld().connect(ALICE, BOB)
    const session = world.session([{ peer: ALICE, addresses: [] }], true)
    world.awaited.set(key('w0'), [BOB])
    want(session, many(10))
    world.step()
    world.wants.seekers.wantedToo(BOB, key('w1'))
    world.step()
    expect([world.wantlist(ALICE).length, world.wantlist(BOB, 'have').length]).toEqual([10, 0])
  })
})
