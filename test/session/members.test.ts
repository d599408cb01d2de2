import { describe, expect, it } from 'vitest'
import { toPeerId, type PeerId } from '../../src/ids.ts'
import { BlockEvidence } from '../../src/peers/presence.ts'
import { MAX_MEMBERS, Members } from '../../src/session/members.ts'
import type { PeerPace, Peers } from '../../src/session/session-ports.ts'
import { ALICE, BOB, CAROL, key } from '../support/names.ts'

const A = key('a')
const EVERYBODY = { isTarget: () => true, maxPeers: Infinity, maxRandomPeers: 0 }

class FakePeers implements Pick<Peers, 'peers' | 'pace' | 'isTrusted' | 'evidence' | 'trust'> {
  readonly connected = new Set<PeerId>()
  readonly distrusted = new Set<PeerId>()
  readonly lacking = new Set<PeerId>()
  readonly having = new Set<PeerId>()
  readonly owing = new Map<PeerId, number>()
  readonly stalled = new Set<PeerId>()

  peers(): Iterable<PeerId> {
    return this.connected
  }

  trust(): number {
    return 0.5
  }

  isTrusted(peer: PeerId): boolean {
    return !this.distrusted.has(peer)
  }

  evidence(): BlockEvidence {
    const table = new BlockEvidence(Infinity)
    for (const peer of this.lacking) table.record(peer, false, 0)
    for (const peer of this.having) table.record(peer, true, 0)
    return table
  }

  pace(peer: PeerId): PeerPace | undefined {
    if (!this.connected.has(peer)) return undefined
    const isStalled = (): boolean => this.stalled.has(peer)
    const outstanding = this.owing.get(peer) ?? 0
    const fresh = { outstanding, deliveredAt: 0, window: () => 32, hasSlack: () => true, expectedFinishMs: () => 10 }
    const lean = { leanWindow: () => 1, underWay: () => 1, blocksPerSecond: 0, expectedInAllMs: () => 10 }
    return { ...fresh, ...lean, isStalled, hangsAt: () => Infinity }
  }
}

function world(...connected: readonly PeerId[]) {
  const peers = new FakePeers()
  for (const peer of connected) peers.connected.add(peer)
  return { peers, members: new Members(peers, EVERYBODY) }
}

function rates(members: Members): Record<string, number> {
  members.begin(0)
  return Object.fromEntries(members.candidates(A).map(({ peer, hitRate }) => [peer, hitRate]))
}

describe('Members', () => {
  it('a peer that was invited is proven, one that merely joined is not until it had a block', () => {
    const { members } = world(ALICE, BOB)
    members.join(ALICE)
    expect([members.anyProven, members.size]).toEqual([false, 1])
    members.hit(ALICE)
    expect(members.anyProven).toBe(true)
    expect(members.invite(ALICE)).toBe(false)
    expect(members.invite(BOB)).toBe(true)
    expect(members.invite(BOB)).toBe(false)
  })

  it('a member that merely joined can still be invited', () => {
    const { members } = world(ALICE)
    members.join(ALICE)
    expect(members.invite(ALICE)).toBe(true)
    members.join(ALICE)
    expect(members.anyProven).toBe(true)
  })

  it('knows how often each had what it was asked for', () => {
    const { members } = world(ALICE, BOB, CAROL)
    members.join(ALICE)
    members.hit(BOB)
    members.hit(BOB)
    members.miss(BOB)
    members.invite(CAROL)
    members.miss(toPeerId('nobody'))
    expect(rates(members)).toEqual({ alice: 0.5, bob: 2.5 / 4, carol: 3.5 / 4 })
  })

  it('sixteen misses after each other are borne, the seventeenth is not; a hit in between starts anew', () => {
    const { members } = world(ALICE)
    members.invite(ALICE)
    for (let i = 0; i < 16; i++) members.miss(ALICE)
    expect(members.size).toBe(1)
    members.hit(ALICE)
    for (let i = 0; i < 16; i++) members.miss(ALICE)
    expect(members.size).toBe(1)
    members.miss(ALICE)
    expect(members.size).toBe(0)
    expect(members.invite(ALICE)).toBe(true)
    for (let i = 0; i < 16; i++) members.miss(ALICE)
    expect(members.size).toBe(1)
  })

  it('offers members that are connected and trusted', () => {
    const { peers, members } = world(ALICE, BOB)
    for (const peer of [ALICE, BOB, CAROL]) members.invite(peer)
    peers.distrusted.add(BOB)
    peers.lacking.add(ALICE)
    peers.stalled.add(ALICE)
    expect(members.candidates(A)).toMatchObject([
      {
        peer: ALICE,
        presence: 'dont-have',
        hitRate: 3.5 / 4,
        trust: 0.5,
        expectedFinishMs: 10,
        hasSlack: true,
        stalled: true
      }
    ])
  })

  it('strangers are the other connected and trusted peers, up to a number', () => {
    const { peers, members } = world(ALICE, BOB, CAROL, toPeerId('dave'))
    members.invite(ALICE)
    peers.distrusted.add(BOB)
    const asked = (max: number) =>
      members
        .strangers()
        ?.mayHave(A, max)
        .map(({ peer }) => peer)
    expect([asked(10), asked(1), asked(0)]).toEqual([[CAROL, 'dave'], [CAROL], []])
  })

  it(`has at most ${MAX_MEMBERS} members; one that leaves makes room`, () => {
    const crowd = Array.from({ length: MAX_MEMBERS }, (_, i) => toPeerId(`peer${i}`))
    const { members } = world(ALICE, ...crowd)
    for (const peer of crowd) members.join(peer)
    expect(members.invite(ALICE)).toBe(false)
    members.join(ALICE)
    members.hit(ALICE)
    expect(members.size).toBe(MAX_MEMBERS)
    expect(members.leave(toPeerId('peer0'))).toBe(true)
    expect(members.leave(toPeerId('peer0'))).toBe(false)
    expect(members.invite(ALICE)).toBe(true)
  })
})

describe('a round', () => {
  it('finds out once what is the same for all blocks, but for members of which it is told that it changed', () => {
    const { peers, members } = world(ALICE, BOB)
    for (const peer of [ALICE, BOB]) members.invite(peer)
    members.begin(0)
    expect(members.idle(A).map(({ peer }) => peer)).toEqual([ALICE, BOB])
    for (const peer of [ALICE, BOB]) peers.owing.set(peer, 1)
    members.changed(ALICE)
    expect(members.idle(A).map(({ peer }) => peer)).toEqual([BOB])
    members.begin(1)
    expect(members.idle(A)).toEqual([])
  })

  it('knows what each said of the very block that it is asked about', () => {
    const { peers, members } = world(ALICE, BOB, CAROL)
    for (const peer of [ALICE, BOB, CAROL]) members.invite(peer)
    peers.lacking.add(ALICE)
    peers.having.add(BOB)
    members.begin(0)
    expect(members.idle(A).map(({ peer }) => peer)).toEqual([BOB, CAROL])
    expect(members.candidates(A).map(({ presence }) => presence)).toEqual(['dont-have', 'have', 'unknown'])
  })

  it('among fellows counts only those that have it, and asks nobody for more than keeps it busy', () => {
    const { peers, members } = world(ALICE, BOB, CAROL)
    for (const peer of [ALICE, BOB, CAROL]) members.invite(peer)
    peers.owing.set(ALICE, 1)
    const fellows = new Set([BOB, CAROL])
    members.begin(0, { size: 2, met: 2, has: (peer) => fellows.has(peer) })
    expect(members.leanCandidates(A)).toMatchObject([{ peer: ALICE, presence: 'unknown', hasSlack: false }])
    peers.having.add(CAROL)
    expect(members.leanCandidates(A)).toMatchObject([
      { peer: ALICE, hasSlack: false },
      { peer: CAROL, presence: 'have', hasSlack: true }
    ])
  })
})

describe('the epoch', () => {
  const FELLOWS = { size: 1, met: 1, has: (peer: PeerId) => peer === CAROL }

  function epochs(...events: readonly ((world: ReturnType<typeof served>) => void)[]): boolean[] {
    const world = served()
    const { members } = world
    members.begin(0, FELLOWS)
    let before = members.epoch()
    return events.map((happens) => {
      happens(world)
      members.begin(0, FELLOWS)
      const isOther = members.epoch() !== before
      before = members.epoch()
      return isOther
    })
  }

  function served() {
    const world_ = world(ALICE, BOB, CAROL)
    for (const peer of [ALICE, CAROL]) world_.members.invite(peer)
    return world_
  }

  it('is another one when somebody may be asked for more, or came, or left; not when somebody became busy', () => {
    const changes = epochs(
      () => undefined,
      ({ peers }) => peers.owing.set(ALICE, 1),
      () => undefined,
      ({ peers }) => peers.owing.delete(ALICE),
      ({ members }) => members.join(BOB),
      ({ members }) => members.leave(BOB),
      ({ members }) => members.expel(ALICE)
    )
    expect(changes).toEqual([false, false, false, true, true, true, true])
  })

  it('is another one when there are new fellows, and after a while', () => {
    const { members } = served()
    members.begin(0, FELLOWS)
    const first = members.epoch()
    members.begin(1, { ...FELLOWS, met: 2 })
    const second = members.epoch()
    members.begin(500, { ...FELLOWS, met: 2 })
    expect([first === second, members.epoch() === second]).toEqual([false, false])
  })
})

describe('peers that denied a block', () => {
  it('may be told of it once more, but no member, and no more than asked for', () => {
    const { peers, members } = world(ALICE, BOB, CAROL)
    for (const peer of [ALICE, BOB, CAROL]) peers.lacking.add(peer)
    members.join(ALICE)
    const strangers = members.strangers()
    expect(strangers?.deniers(A, 9).map(({ peer }) => peer)).toEqual([BOB, CAROL])
    expect(strangers?.deniers(A, 1)).toHaveLength(1)
    expect(strangers?.mayHave(A, 9)).toEqual([])
  })

  it('are left alone when they sent other bytes than asked for, until they leave', () => {
    const { peers, members } = world(BOB)
    peers.lacking.add(BOB)
    members.expel(BOB)
    expect(members.strangers()?.deniers(A, 9)).toEqual([])
    members.leave(BOB)
    expect(members.strangers()?.deniers(A, 9)).toHaveLength(1)
  })
})
