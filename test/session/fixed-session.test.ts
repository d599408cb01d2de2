import { describe, expect, it } from 'vitest'
import { ALICE, BOB, CAROL, cid, key } from '../support/names.ts'
import { RecordingWaiter, SessionWorld } from '../support/session-world.ts'

const AT_ALICE = { peer: ALICE, addresses: [] }
const AT_BOB = { peer: BOB, addresses: [] }

describe('Session of named peers alone', () => {
  it('asks them, and nobody else, and no routing', async () => {
    const world = new SessionWorld().connect(ALICE, BOB, CAROL)
    world.routing.set(key('a'), [CAROL])
    const waiter = new RecordingWaiter()
    world.session([AT_ALICE], true).want(cid('a'), waiter, 1)
    await world.settle()
    expect([world.wantlist(ALICE), world.wantlist(BOB), world.searches]).toEqual([['a'], [], []])
    world.sends(ALICE, 'a')
    expect(waiter.heard).toEqual(['a from alice'])
  })

  it('says so when none of them has it: after asking twice, not sooner', async () => {
    const world = new SessionWorld().connect(ALICE, BOB, CAROL)
    const waiter = new RecordingWaiter()
    world.session([AT_ALICE, AT_BOB], true).want(cid('a'), waiter, 1)
    await world.settle()
    world.lacks(ALICE, 'a')
    world.lacks(BOB, 'a')
    await world.settle()
    expect(waiter.heard).toEqual([])
    world.pass(5_000)
    await world.settle()
    expect(waiter.heard).toEqual([expect.stringMatching(/^a failed: .*none of the 2 peers/)])
    expect([...(world.wantlists.get(CAROL) ?? [])]).toEqual([])
    expect(world.searches).toEqual([])
  })

  it('does not take up a peer that another session found, nor a block that came from it as an invitation', async () => {
    const world = new SessionWorld().connect(ALICE, CAROL)
    const fixed = world.session([AT_ALICE], true)
    const waiter = new RecordingWaiter()
    fixed.want(cid('a'), waiter, 1)
    world.session([{ peer: CAROL, addresses: [] }]).want(cid('a'), new RecordingWaiter(), 1)
    await world.settle()
    world.has(CAROL, 'a')
    world.sends(CAROL, 'a')
    expect(waiter.heard).toEqual(['a from carol'])
    fixed.want(cid('b'), waiter, 1)
    await world.settle()
    expect([world.wantlists.get(CAROL)?.has(key('b')), world.wantlists.get(ALICE)?.has(key('b'))]).toEqual([
      false,
      true
    ])
  })

  it('connects again to one that left, and fetches the rest from it', async () => {
    const world = new SessionWorld().connect(ALICE)
    world.dials.set(ALICE, 'reached')
    const waiter = new RecordingWaiter()
    const session = world.session([AT_ALICE], true)
    session.want(cid('a'), waiter, 1)
    await world.settle()
    world.disconnect(ALICE)
    for (let i = 0; i < 10; i++) {
      world.clock.advance(200)
      await world.settle()
    }
    expect(world.wantlist(ALICE)).toEqual(['a'])
    world.sends(ALICE, 'a')
    expect(waiter.heard).toEqual(['a from alice'])
  })

  it('gives up on one that cannot be reached, but not while it is being connected to', async () => {
    const world = new SessionWorld()
    const waiter = new RecordingWaiter()
    world.session([AT_ALICE], true).want(cid('a'), waiter, 1)
    for (let i = 0; i < 50; i++) {
      world.clock.advance(100)
      await world.settle()
    }
    expect(waiter.heard).toEqual([expect.stringContaining('a failed')])
    const patient = new RecordingWaiter()
    world.dials.set(BOB, 'hangs')
    world.session([AT_BOB], true).want(cid('b'), patient, 1)
    for (let i = 0; i < 50; i++) {
      world.clock.advance(100)
      await world.settle()
    }
    expect(patient.heard).toEqual([])
  })

  it('without any peers has nobody to ask', async () => {
    const world = new SessionWorld().connect(ALICE)
    const waiter = new RecordingWaiter()
    world.session([], true).want(cid('a'), waiter, 1)
    await world.settle()
    world.clock.advance(2_000)
    await world.settle()
    expect(waiter.heard).toEqual([expect.stringContaining('none of the 0 peers')])
  })
})
