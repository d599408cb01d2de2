import { describe, expect, it } from 'vitest'
import type { CidKey, PeerId } from '../../src/ids.ts'
import type { Timer } from '../../src/ports.ts'
import { WantManager, type Debtor } from '../../src/wants/want-manager.ts'
import type { Ask, Holder } from '../../src/wants/want-table.ts'
import type { WantType } from '../../src/message/message.ts'
import { ALICE, BOB, CAROL, cid, key, nameOf, told } from '../support/names.ts'

const MODERN = { presences: true }
const OLD = { presences: false }

class RecordingHolder implements Holder {
  /** Bounded: by the test. */
  readonly heard: string[] = []
  onFulfilled: () => void = () => undefined

  fulfilled(of: CidKey, bytes: Uint8Array, from: PeerId | undefined): void {
    this.heard.push(`${nameOf(of)}: ${bytes.byteLength} bytes from ${from ?? 'here'}`)
    this.onFulfilled()
  }

  presence(of: CidKey, peer: PeerId, have: boolean): void {
    this.heard.push(`${peer} ${have ? 'has' : 'lacks'} ${nameOf(of)}`)
  }

  failed(of: CidKey, error: Error): void {
    this.heard.push(`${nameOf(of)} failed: ${error.message}`)
  }
}

class RecordingDebtor implements Debtor {
  owes = 0
  heardAt: number | undefined
  bytes = 0

  asked(now: number): Ask {
    this.owes++
    return { at: now, delivered: 0 }
  }

  delivered(_ask: Ask, bytes: number): void {
    this.owes--
    this.bytes += bytes
  }

  settled(): void {
    this.owes--
  }

  heard(now: number): void {
    this.heardAt = now
  }
}

/** A WantManager whose world is written down; messages are taken by hand. */
class World {
  readonly news = new Set<PeerId>()
  readonly debtors = new Map<PeerId, RecordingDebtor>()
  /** Bounded: by the test. */
  readonly evidence: string[] = []
  readonly manager: WantManager
  readonly holder = new RecordingHolder()
  now = 42
  due: (() => void) | undefined

  constructor(maxOutstandingPerPeer = 10) {
    const peers = {
      pace: (peer: PeerId) => this.debtors.get(peer),
      recordPresence: (peer: PeerId, of: CidKey, have: boolean) =>
        void this.evidence.push(`${peer} ${have ? 'has' : 'lacks'} ${nameOf(of)}`),
      presence: (peer: PeerId, of: CidKey) =>
        this.evidence.findLast((line) => line.startsWith(peer) && line.endsWith(nameOf(of)))?.includes('has') === true
          ? ('have' as const)
          : ('unknown' as const),
      kept: () => undefined,
      broke: (peer: PeerId, how: string) => void this.evidence.push(`${peer} broke a promise: ${how}`),
      overtaken: (peer: PeerId) => void this.evidence.push(`${peer} overtaken`),
      forgetBlock: (of: CidKey) => void this.evidence.push(`forget ${nameOf(of)}`)
    }
    const sender = { wantlistChanged: (peer: PeerId) => void this.news.add(peer) }
    const parts = {
      sender,
      peers,
      clock: { now: () => this.now, setTimer: (_ms: number, run: () => void) => this.timer(run) }
    }
    this.manager = new WantManager(parts, { maxOutstandingPerPeer, maxMessageBytes: 100_000 })
    this.connect(ALICE)
    this.connect(BOB)
  }

  /** Runs when the test says so. */
  timer(run: () => void): Timer {
    this.due = run
    return { cancel: () => void (this.due = undefined) }
  }

  connect(peer: PeerId, features = MODERN): void {
    this.debtors.set(peer, new RecordingDebtor())
    this.manager.connected(peer, features)
  }

  want(name: string, holder: Holder = this.holder) {
    return this.manager.hold(cid(name), holder)
  }

  /** Cancels that wait for company have waited long enough. */
  wait(): this {
    this.due?.()
    return this
  }

  /** What each peer with news is told, now. */
  tell(): Record<string, readonly string[]> {
    const said = [...this.news].map((peer) => [peer, told(this.manager.takeMessage(peer))])
    this.news.clear()
    return Object.fromEntries(said) as Record<string, readonly string[]>
  }

  owes(peer: PeerId): number | undefined {
    return this.debtors.get(peer)?.owes
  }
}

describe('WantManager, asking', () => {
  it('asks the peers that were chosen, and no others', () => {
    const world = new World()
    const want = world.want('a')
    expect(world.manager.ask(ALICE, want, 'block', 1)).toBe(true)
    expect(world.manager.ask(BOB, want, 'have', 1)).toBe(true)
    expect(world.tell()).toEqual({ alice: ['full', 'block a'], bob: ['full', 'have a'] })
    expect([[...want.told], [...want.inFlight]]).toEqual([[ALICE, BOB], [[ALICE, { at: 42, delivered: 0 }]]])
    expect([world.owes(ALICE), world.owes(BOB)]).toEqual([1, 0])
  })

  it('asking twice tells once and counts once', () => {
    const world = new World()
    const want = world.want('a')
    for (let i = 0; i < 3; i++) world.manager.ask(ALICE, want, 'block', 1)
    expect(world.tell()).toEqual({ alice: ['full', 'block a'] })
    expect(world.owes(ALICE)).toBe(1)
  })

  it('does not ask an old peer whether it has a block: it could only send it', () => {
    const world = new World()
    world.connect(CAROL, OLD)
    expect(world.manager.ask(CAROL, world.want('a'), 'have', 1)).toBe(false)
    expect(world.tell()).toEqual({})
    expect(world.manager.ask(CAROL, world.want('a'), 'block', 1)).toBe(true)
    expect(world.tell()).toEqual({ carol: ['full', 'block a'] })
  })

  it('refuses to ask a peer that is not connected, or has no room', () => {
    const world = new World(1)
    expect(world.manager.ask(CAROL, world.want('a'), 'block', 1)).toBe(false)
    expect(world.manager.ask(ALICE, world.want('a'), 'block', 1)).toBe(true)
    expect(world.manager.room(ALICE)).toBe(0)
    expect(world.manager.ask(ALICE, world.want('b'), 'block', 1)).toBe(false)
    expect([...world.want('b').told, ...world.want('b').inFlight]).toEqual([])
    expect([world.owes(ALICE), world.manager.room(CAROL)]).toEqual([1, 0])
  })

  it('forgets that a peer was told of the want that made way for another', () => {
    const world = new World(1)
    const [a, b] = [world.want('a'), world.want('b')]
    world.manager.ask(ALICE, a, 'block', 1)
    world.tell()
    world.manager.presence(ALICE, key('a'), false)
    expect(world.manager.ask(ALICE, b, 'block', 1)).toBe(true)
    expect([[...a.told], [...b.told]]).toEqual([[], [ALICE]])
    expect(world.tell()).toEqual({ alice: ['cancel a', 'block b'] })
  })
})

describe('WantManager, releasing', () => {
  it('invariant 2: two waiters and one abort leave one want, untouched at the peer', () => {
    const world = new World()
    const other = new RecordingHolder()
    const want = world.want('a')
    world.want('a', other)
    world.manager.ask(ALICE, want, 'block', 1)
    world.tell()
    expect(world.manager.release(key('a'), other)).toBe(false)
    expect(world.tell()).toEqual({})
    expect(world.owes(ALICE)).toBe(1)
  })

  it('invariant 3: the last release is a cancel to every peer that was told, and to no other', () => {
    const world = new World()
    world.connect(CAROL)
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.manager.ask(BOB, want, 'have', 1)
    world.tell()
    expect(world.manager.release(key('a'), world.holder)).toBe(true)
    expect(world.manager.release(key('a'), world.holder)).toBe(false)
    expect(world.wait().tell()).toEqual({ alice: ['cancel a'], bob: ['cancel a'] })
    expect(world.owes(ALICE)).toBe(0)
    expect(world.evidence).toEqual(['forget a'])
  })

  it('invariant 3: a want that never left is taken back in silence', () => {
    const world = new World()
    world.manager.ask(ALICE, world.want('a'), 'block', 1)
    world.manager.release(key('a'), world.holder)
    expect(world.manager.takeMessage(ALICE)).toBeUndefined()
  })

  it('a want that comes back before the cancel left is told anew, and can be cancelled again', () => {
    const world = new World()
    world.manager.ask(ALICE, world.want('a'), 'block', 1)
    world.tell()
    world.manager.release(key('a'), world.holder)
    world.manager.ask(ALICE, world.want('a'), 'block', 1)
    world.manager.release(key('a'), world.holder)
    expect(world.tell()).toEqual({ alice: ['cancel a'] })
  })

  it('takes a want back from one peer alone', () => {
    const world = new World()
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.manager.ask(BOB, want, 'block', 1)
    world.tell()
    world.manager.retract(ALICE, want)
    expect(world.tell()).toEqual({ alice: ['cancel a'] })
    expect([[...want.told], Array.from(want.inFlight, ([peer]) => peer)]).toEqual([[BOB], [BOB]])
    expect([world.owes(ALICE), world.owes(BOB)]).toEqual([0, 1])
  })

  it('a peer that is given up on keeps the want, owes nothing, and is asked anew when it is asked again', () => {
    const world = new World()
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.tell()
    world.manager.giveUp(ALICE, want)
    world.manager.giveUp(ALICE, want)
    expect([world.owes(ALICE), [...want.inFlight], [...want.told]]).toEqual([0, [], [ALICE]])
    expect(world.tell()).toEqual({})
    world.manager.ask(ALICE, want, 'block', 1)
    expect(world.tell()).toEqual({ alice: ['block a'] })
    expect(world.owes(ALICE)).toBe(1)
  })
})

describe('WantManager, cancels that can wait', () => {
  function worldOf(...types: readonly WantType[]): World {
    const world = new World()
    for (const [index, type] of types.entries()) world.manager.ask(BOB, world.want(`w${index}`), type, 1)
    world.tell()
    for (const index of types.keys()) world.manager.release(key(`w${index}`), world.holder)
    return world
  }

  it('where a word is all that may come, it waits for other news; where bytes may come, it leaves at once', () => {
    expect(worldOf('have').tell()).toEqual({})
    expect(worldOf('block').tell()).toEqual({ bob: ['cancel w0'] })
    expect(worldOf('have', 'block').tell()).toEqual({ bob: ['cancel w0', 'cancel w1'] })
    const world = worldOf('have')
    world.manager.ask(BOB, world.want('b'), 'block', 1)
    expect(world.tell()).toEqual({ bob: ['cancel w0', 'block b'] })
    expect(world.wait().tell()).toEqual({})
  })

  it('waits no longer than it may, and not at all once its peer has left', () => {
    const world = worldOf('have')
    expect(world.wait().tell()).toEqual({ bob: ['cancel w0'] })
    expect(world.due).toBeUndefined()
    const left = worldOf('have')
    left.manager.disconnected(BOB)
    expect(left.due).toBeUndefined()
  })

  it('goes along with a message that leaves anyway, together with nothing that is new', () => {
    const world = worldOf('have')
    expect(world.manager.takeAlong(ALICE)).toBeUndefined()
    expect(told(world.manager.takeAlong(BOB))).toEqual(['cancel w0'])
    expect(world.manager.takeAlong(BOB)).toBeUndefined()
    expect(world.wait().tell()).toEqual({})
  })

  it('is dropped when the want comes back, for the peer still knows it', () => {
    const world = worldOf('have')
    world.manager.ask(BOB, world.want('w0'), 'have', 1)
    expect(world.tell()).toEqual({ bob: ['have w0'] })
    expect(world.wait().tell()).toEqual({})
  })
})

describe('WantManager, hearing', () => {
  it('a block ends the want: holders have it, the others that were told get a cancel, the sender none', () => {
    const world = new World()
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.manager.ask(BOB, want, 'have', 1)
    world.tell()
    expect(world.manager.fulfil(key('a'), new Uint8Array(5), ALICE)).toBe(true)
    expect(world.holder.heard).toEqual(['a: 5 bytes from alice'])
    expect(world.wait().tell()).toEqual({ bob: ['cancel a'] })
    expect(world.debtors.get(ALICE)).toMatchObject({ owes: 0, bytes: 5 })
    expect(world.evidence).toEqual(['forget a'])
    expect(world.manager.fulfil(key('a'), new Uint8Array(5), BOB)).toBe(false)
  })

  it('a block that was stored here cancels everywhere', () => {
    const world = new World()
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.tell()
    world.manager.fulfil(key('a'), new Uint8Array(5), undefined)
    expect(world.holder.heard).toEqual(['a: 5 bytes from here'])
    expect(world.tell()).toEqual({ alice: ['cancel a'] })
    expect(world.debtors.get(ALICE)).toMatchObject({ owes: 0, bytes: 0 })
  })

  it('a block from a peer that was only asked whether it has it earns no pace, but is heard', () => {
    const world = new World()
    world.manager.ask(ALICE, world.want('a'), 'have', 1)
    world.manager.fulfil(key('a'), new Uint8Array(5), ALICE)
    expect(world.debtors.get(ALICE)).toMatchObject({ owes: 0, bytes: 0, heardAt: 42 })
  })

  it('every holder has the block, also when one of them wants more, or the same again', () => {
    const world = new World()
    const [first, second] = [new RecordingHolder(), new RecordingHolder()]
    world.want('a', first)
    world.want('a', second)
    first.onFulfilled = () => void world.want('a', first)
    world.manager.fulfil(key('a'), new Uint8Array(1), ALICE)
    expect([first.heard.length, second.heard.length]).toEqual([1, 1])
    expect(world.manager.table.get(key('a'))?.holders.size).toBe(1)
  })

  it('a presence is evidence, and reaches the holders', () => {
    const world = new World()
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.manager.ask(BOB, want, 'have', 1)
    expect(world.manager.presence(ALICE, key('a'), false)).toBe(true)
    expect(world.manager.presence(BOB, key('a'), true)).toBe(true)
    expect(world.evidence).toEqual(['alice lacks a', 'bob has a'])
    expect(world.holder.heard).toEqual(['alice lacks a', 'bob has a'])
    expect([world.owes(ALICE), world.debtors.get(ALICE)?.heardAt]).toEqual([0, 42])
    expect([[...want.told], [...want.inFlight]]).toEqual([[ALICE, BOB], []])
  })

  it.each<[string, (world: World) => PeerId]>([
    ['a peer that was not asked', () => BOB],
    ['a stranger', () => CAROL],
    [
      'a peer whose want was taken back',
      (world) => {
        world.manager.retract(ALICE, world.want('a'))
        return ALICE
      }
    ]
  ])('a presence of %s means nothing', (_name, prepare) => {
    const world = new World()
    world.manager.ask(ALICE, world.want('a'), 'block', 1)
    const peer = prepare(world)
    expect(world.manager.presence(peer, key('a'), true)).toBe(false)
    expect(world.manager.presence(ALICE, key('never wanted'), true)).toBe(false)
    expect([world.evidence, world.holder.heard]).toEqual([[], []])
  })

  it('a block that could not be stored is told to every holder, and can arrive once more', () => {
    const world = new World()
    const want = world.want('a')
    want.claimed = true
    world.manager.failed(key('a'), new Error('disk full'))
    expect(world.holder.heard).toEqual(['a failed: disk full'])
    expect(want.claimed).toBe(false)
    world.manager.failed(key('never wanted'), new Error('disk full'))
  })
})

describe('WantManager, when a peer or its stream goes', () => {
  it('nothing is in flight at a peer that left', () => {
    const world = new World()
    const want = world.want('a')
    world.manager.ask(ALICE, want, 'block', 1)
    world.manager.ask(BOB, want, 'have', 1)
    world.manager.disconnected(ALICE)
    world.manager.disconnected(ALICE)
    expect([[...want.told], [...want.inFlight]]).toEqual([[BOB], []])
    expect(world.manager.takeMessage(ALICE)).toBeUndefined()
  })

  it('a peer that comes back is told what is wanted of it then, as a full list', () => {
    const world = new World()
    const [a, b] = [world.want('a'), world.want('b')]
    for (const want of [a, b]) world.manager.ask(ALICE, want, 'block', 1)
    world.tell()
    world.manager.disconnected(ALICE)
    world.connect(ALICE)
    world.manager.ask(ALICE, b, 'block', 1)
    expect(world.tell()).toEqual({ alice: ['full', 'block b'] })
  })

  it('a lost stream repeats all that the peer should know, in full', () => {
    const world = new World()
    for (const name of ['a', 'b', 'c']) world.manager.ask(ALICE, world.want(name), 'block', 1)
    world.tell()
    world.manager.release(key('b'), world.holder)
    world.manager.streamLost(ALICE)
    world.manager.streamLost(CAROL)
    expect(world.tell()).toEqual({ alice: ['full', 'block a', 'block c'] })
    expect(world.owes(ALICE)).toBe(2)
  })
})

describe('WantManager, when two were asked', () => {
  it('says who was overtaken: whoever was asked earlier than the one that sent the block', () => {
    for (const [from, overtaken] of [
      [BOB, ['alice overtaken']],
      [ALICE, []]
    ] as const) {
      const world = new World()
      const want = world.want('a')
      world.manager.ask(ALICE, want, 'block', 1)
      world.now += 1_000
      world.manager.ask(BOB, want, 'block', 1)
      world.manager.claim(want, 5, from)
      expect([world.evidence, world.owes(ALICE), world.owes(BOB)]).toEqual([overtaken, 0, 0])
    }
  })
})
