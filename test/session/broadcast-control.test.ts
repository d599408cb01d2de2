import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS, type BroadcastOptions } from '../../src/options.ts'
import { BroadcastControl, isTarget, type Bystander } from '../../src/session/broadcast-control.ts'
import type { Session } from '../../src/session/session.ts'
import { ALICE, BOB, CAROL, cid, key } from '../support/names.ts'
import { many, RecordingWaiter, SessionWorld } from '../support/session-world.ts'

const KUBO = DEFAULT_OPTIONS.broadcast
const STRANGER: Bystander = { answered: false, isLocal: false, isPeered: false, isPending: false }

describe('isTarget', () => {
  it.each<[who: string, by: Partial<Bystander>, options: Partial<BroadcastOptions>, verdict: boolean]>([
    ['a stranger from far away', {}, {}, false],
    ['a stranger, without control', {}, { enabled: false }, true],
    ['one who answered', { answered: true }, {}, true],
    ['one of the local network', { isLocal: true }, {}, true],
    ['the same, where they are chosen among, too', { isLocal: true }, { localPeers: true }, false],
    ['one to stay connected to', { isPeered: true }, {}, true],
    ['the same, where they are chosen among, too', { isPeered: true }, { peeredPeers: true }, false],
    ['one that is sent something anyway', { isPending: true }, {}, false],
    ['the same, where that counts', { isPending: true }, { sendToPendingPeers: true }, true]
  ])('%s', (_who, by, options, verdict) => {
    expect(isTarget({ ...STRANGER, ...by }, { ...KUBO, ...options })).toBe(verdict)
  })
})

describe('BroadcastControl', () => {
  it('knows no limit below 0, and none at all when it is off', () => {
    const most = (options: Partial<BroadcastOptions>): number =>
      new BroadcastControl({ ...KUBO, ...options }, () => STRANGER).maxPeers
    expect([most({}), most({ maxPeers: 7 }), most({ maxPeers: 0 }), most({ maxPeers: 7, enabled: false })]).toEqual([
      Infinity,
      7,
      0,
      Infinity
    ])
  })
})

function want(session: Session, ...names: readonly string[]): void {
  for (const name of names) session.want(cid(name), new RecordingWaiter(), 1)
}

function isAsked(world: SessionWorld, peer: PeerId, name: string): boolean {
  return world.wantlists.get(peer)?.has(key(name)) === true
}

const CROWD = many(40).map((name) => toPeerId(name))

/** Peers of the crowd that were told of a block. */
function asked(world: SessionWorld, name = 'x'): number {
  return CROWD.filter((peer) => isAsked(world, peer, name)).length
}

describe('Session under broadcast control', () => {
  it('asks no stranger of the internet, but routing, at once', async () => {
    const world = new SessionWorld().connectRemote(...CROWD)
    want(world.session(), 'x')
    await world.settle()
    expect([asked(world), world.searches]).toEqual([0, ['x']])
  })

  it('asks those of the local network, and those to stay connected to', () => {
    const world = new SessionWorld().connectRemote(...CROWD).connect(ALICE)
    const [friend] = CROWD
    if (friend !== undefined) world.peered.add(friend)
    want(world.session(), 'x')
    world.step()
    expect([asked(world), isAsked(world, ALICE, 'x')]).toEqual([1, true])
  })

  it('asks those that answered before: with a block, or with "have"; not those that sent what nobody asked for', () => {
    const world = new SessionWorld().connectRemote(ALICE, BOB, CAROL)
    const first = world.session([
      { peer: ALICE, addresses: [] },
      { peer: BOB, addresses: [] }
    ])
    want(first, 'a', 'c')
    world.step()
    world.has(BOB, 'a')
    world.sends(ALICE, 'a')
    world.sends(CAROL, 'c')
    world.step()
    first.close()
    world.step()
    want(world.session(), 'b')
    world.step()
    expect([ALICE, BOB, CAROL].map((peer) => isAsked(world, peer, 'b'))).toEqual([true, true, false])
  })

  it('asks so many at most, and so many others for luck', () => {
    const few = new SessionWorld({ broadcast: { enabled: true, localPeers: false, maxPeers: 7 } }).connect(...CROWD)
    want(few.session(), 'x')
    few.step()
    expect(asked(few)).toBe(7)
    const lucky = new SessionWorld({ broadcast: { maxRandomPeers: 3 } }).connectRemote(...CROWD)
    want(lucky.session(), 'x')
    lucky.step()
    expect(asked(lucky)).toBe(3)
  })

  it('a newcomer is chosen like everybody else', () => {
    const world = new SessionWorld()
    want(world.session(), 'x')
    world.step()
    world.connectRemote(ALICE).connect(BOB)
    world.step()
    expect([isAsked(world, ALICE, 'x'), isAsked(world, BOB, 'x')]).toEqual([false, true])
  })

  it('who was passed over is asked as soon as routing, the caller, or it itself says that it has the block', async () => {
    const world = new SessionWorld().connectRemote(...CROWD)
    const [provider, named] = CROWD
    if (provider === undefined || named === undefined) throw new Error('no crowd')
    world.routing.set(key('x'), [provider])
    world.dials.set(provider, 'reached')
    want(world.session(), 'x')
    world.step()
    await world.settle()
    expect([isAsked(world, provider, 'x'), asked(world)]).toEqual([true, 1])
    want(world.session([{ peer: named, addresses: [] }]), 'y')
    world.step()
    expect(isAsked(world, named, 'y')).toBe(true)
  })

  it('leaves no want without anybody to ask: where routing finds nobody, some are asked after all, others each time', async () => {
    const world = new SessionWorld().connectRemote(...CROWD)
    want(world.session(), 'x')
    world.step()
    const counts: number[] = []
    for (let i = 0; i < 4; i++) {
      world.clock.advance(8_000)
      await world.settle()
      for (const peer of CROWD) if (isAsked(world, peer, 'x')) world.lacks(peer, 'x')
      counts.push(asked(world))
    }
    expect(counts).toEqual(counts.toSorted((a, b) => a - b))
    expect(counts.at(-1)).toBeGreaterThanOrEqual(12)
    expect(counts.at(-1)).toBeLessThan(CROWD.length)
  })
})
