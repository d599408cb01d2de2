import { describe, expect, it } from 'vitest'
import { toPeerId } from '../../src/ids.ts'
import { MAX_NEWCOMERS } from '../../src/session/newcomers.ts'
import { ALICE, BOB, CAROL } from '../support/names.ts'
import { many, SessionWorld, want } from '../support/session-world.ts'

/** Alice has been asked for all that a session wants, and has sent a part. */
function underWay(names = many(20)) {
  const world = new SessionWorld().connect(ALICE)
  const session = world.session([{ peer: ALICE, addresses: [] }])
  want(session, names)
  world.step()
  world.sends(ALICE, ...names.slice(0, names.length / 2))
  world.step()
  return { world, session }
}

describe('a peer that connects while a session fetches', () => {
  it('is asked whether it has the latest wants, and by saying so comes to serve the session', () => {
    const { world } = underWay()
    expect(world.connect(BOB).step()).toEqual(['bob: full, have w18, have w19'])
    world.has(BOB, 'w18')
    world.step()
    world.disconnect(ALICE)
    world.step()
    expect(world.wantlist(BOB).toSorted()).toEqual(many(20).slice(10).toSorted())
  })

  it('is not asked where it is a stranger of the internet, or not among those named', () => {
    const { world } = underWay()
    expect(world.connectRemote(BOB).step()).toEqual([])
    want(world.session([{ peer: ALICE, addresses: [] }], true), many(20, 'f'))
    world.step()
    const ofFixed = world.connect(CAROL).step().join()
    expect([ofFixed.includes('w19'), ofFixed.includes('have f')]).toEqual([true, false])
  })

  it('is asked, stranger or not, where it served the session before it left', () => {
    const { world, session } = underWay()
    world.connectRemote(BOB)
    session.addProvider({ peer: BOB, addresses: [] })
    world.step()
    world.disconnect(BOB)
    world.step()
    expect(world.connectRemote(BOB).step()).toEqual(['bob: full, have w18, have w19'])
  })

  it('is not asked for the only block of a session', () => {
    const world = new SessionWorld().connect(ALICE)
    want(world.session([{ peer: ALICE, addresses: [] }]), ['a'])
    world.step()
    expect(world.connect(BOB).step()).toEqual([])
  })

  it('waits for a moment where others came just before it, and is one of so many', () => {
    const { world } = underWay()
    world.connect(BOB).step()
    const names = many(MAX_NEWCOMERS + 10, 'p')
    for (const name of names) world.connect(toPeerId(name))
    expect(world.pass(240)).toEqual([])
    expect(world.pass(20).length).toBe(MAX_NEWCOMERS)
  })
})
