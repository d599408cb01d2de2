import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../src/ids.ts'
import { DEFAULT_OPTIONS } from '../../src/options.ts'
import { PeerRouter, type PeerWatcher } from '../../src/peers/peer-router.ts'
import { trustBook } from '../support/trust.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { ALICE, BOB, key } from '../support/names.ts'

const MODERN = { presences: true }
const MINUTE_MS = 60_000

class RecordingWatcher implements PeerWatcher {
  /** Bounded: by the test. */
  readonly heard: string[] = []

  peerConnected(peer: PeerId): void {
    this.heard.push(`${peer} came`)
  }

  peerDisconnected(peer: PeerId): void {
    this.heard.push(`${peer} left`)
  }

  peerLied(peer: PeerId): void {
    this.heard.push(`${peer} lied`)
  }

  peersStalled(peers: ReadonlySet<PeerId>): void {
    this.heard.push(`${[...peers].join(' and ')} stalled`)
  }
}

class World {
  readonly clock = new ManualClock()
  readonly latencies = new Map<PeerId, number>()
  readonly watcher = new RecordingWatcher()
  readonly router: PeerRouter

  constructor() {
    const network = {
      latencyMs: (peer: PeerId) => this.latencies.get(peer),
      connect: () => Promise.reject(new Error('not in this test'))
    }
    const pace = { ...DEFAULT_OPTIONS.session, maxWindow: 1_000 }
    const trust = trustBook(this.clock)
    this.router = new PeerRouter({ network, clock: this.clock, trust }, DEFAULT_OPTIONS.peers, pace)
    this.router.watch(this.watcher)
  }

  connect(...peers: readonly PeerId[]): void {
    for (const peer of peers) this.router.connected(peer, MODERN)
  }

  /** A peer that owes something lies; then the want is taken back. */
  lie(peer: PeerId): void {
    this.router.pace(peer)?.asked(this.clock.now())
    this.router.lied(peer)
    this.router.pace(peer)?.settled()
  }
}

describe('PeerRouter, who is there', () => {
  it('tells whoever watches that peers come and go, once', () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.router.disconnected(ALICE)
    world.router.disconnected(ALICE)
    expect(world.watcher.heard).toEqual(['alice came', 'bob came', 'alice left'])
    expect([[...world.router.peers()], world.router.isConnected(ALICE)]).toEqual([[BOB], false])
  })

  it('tells nothing to whoever stopped watching, even in the middle of the telling', () => {
    const world = new World()
    const late = new RecordingWatcher()
    world.router.watch(late)
    world.router.unwatch(late)
    world.connect(ALICE)
    expect(late.heard).toEqual([])
  })

  it('knows the pace of connected peers only, anew for each connection', () => {
    const world = new World()
    world.latencies.set(ALICE, 40)
    world.connect(ALICE, BOB)
    expect([world.router.pace(ALICE)?.roundTripMs, world.router.pace(BOB)?.roundTripMs]).toEqual([40, 0])
    world.router.pace(ALICE)?.asked(0)
    world.router.disconnected(ALICE)
    expect(world.router.pace(ALICE)).toBeUndefined()
    world.connect(ALICE)
    expect(world.router.pace(ALICE)?.outstanding).toBe(0)
  })
})

describe('PeerRouter, evidence', () => {
  it('keeps what connected peers say, until they leave or the block is here', () => {
    const world = new World()
    world.connect(ALICE)
    world.router.recordPresence(ALICE, key('a'), true)
    world.router.recordPresence(ALICE, key('b'), false)
    world.router.recordPresence(BOB, key('a'), true)
    const states = () => ['a', 'b'].map((name) => world.router.presence(ALICE, key(name)))
    expect([states(), world.router.presence(BOB, key('a'))]).toEqual([['have', 'dont-have'], 'unknown'])
    world.clock.advance(DEFAULT_OPTIONS.peers.dontHaveTtlMs)
    expect(states()).toEqual(['have', 'unknown'])
    world.router.forgetBlock(key('a'))
    expect(states()).toEqual(['unknown', 'unknown'])
    world.router.recordPresence(ALICE, key('a'), true)
    world.router.disconnected(ALICE)
    world.connect(ALICE)
    expect(states()).toEqual(['unknown', 'unknown'])
  })
})

describe('PeerRouter, silence', () => {
  it('reports a peer that owes and is silent, once for each time, to all who watch', () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.watcher.heard.length = 0
    const pace = world.router.pace(ALICE)
    pace?.asked(0)
    expect(world.router.nextStallAt()).toBe(7_000)
    world.clock.advance(6_999)
    world.router.reportStalled()
    expect(world.watcher.heard).toEqual([])
    world.clock.advance(1)
    world.router.reportStalled()
    expect(world.watcher.heard).toEqual(['alice stalled'])
    expect(pace?.isStalled(world.clock.now())).toBe(true)
    pace?.settled()
    world.router.reportStalled()
    expect([world.watcher.heard.length, world.router.nextStallAt()]).toEqual([1, Infinity])
  })

  it('reports all that are silent at once', () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.watcher.heard.length = 0
    for (const peer of [ALICE, BOB]) world.router.pace(peer)?.asked(0)
    world.clock.advance(7_000)
    world.router.reportStalled()
    expect(world.watcher.heard).toEqual(['alice and bob stalled'])
  })

  it('reports a peer sooner once another, asked later, has sent what it owes: not before a second, and not one that owes nothing', () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.watcher.heard.length = 0
    world.router.pace(ALICE)?.asked(0)
    world.clock.advance(999)
    for (const peer of [ALICE, BOB]) world.router.overtaken(peer)
    expect(world.watcher.heard).toEqual([])
    world.clock.advance(1)
    for (const peer of [ALICE, BOB]) world.router.overtaken(peer)
    expect(world.watcher.heard).toEqual(['alice stalled'])
    expect(world.router.pace(ALICE)?.isStalled(world.clock.now())).toBe(true)
  })

  it('the next one to stall is the one that is silent for longest', () => {
    const world = new World()
    world.connect(ALICE, BOB)
    world.router.pace(ALICE)?.asked(500)
    world.router.pace(BOB)?.asked(200)
    expect(world.router.nextStallAt()).toBe(7_200)
    world.router.disconnected(BOB)
    expect(world.router.nextStallAt()).toBe(7_500)
    world.router.disconnected(ALICE)
    expect(world.router.nextStallAt()).toBe(Infinity)
  })

  it('a peer that comes back owes nothing of what it owed before', () => {
    const world = new World()
    world.connect(ALICE)
    world.router.pace(ALICE)?.asked(0)
    world.connect(ALICE)
    expect(world.router.nextStallAt()).toBe(Infinity)
  })
})

describe('PeerRouter, trust', () => {
  it('a peer that owes nothing cannot lie: late blocks are no offence', () => {
    const world = new World()
    world.connect(ALICE)
    for (let i = 0; i < 10; i++) world.router.lied(ALICE)
    expect([world.router.isTrusted(ALICE), world.watcher.heard]).toEqual([true, ['alice came']])
  })

  it('three lies within ten minutes cost a quarter of an hour', () => {
    const world = new World()
    world.connect(ALICE)
    world.lie(ALICE)
    world.lie(ALICE)
    expect(world.router.isTrusted(ALICE)).toBe(true)
    world.lie(ALICE)
    expect(world.router.isTrusted(ALICE)).toBe(false)
    world.clock.advance(15 * MINUTE_MS - 1)
    expect(world.router.isTrusted(ALICE)).toBe(false)
    world.clock.advance(1)
    expect(world.router.isTrusted(ALICE)).toBe(true)
  })

  it('lies that are far apart are forgiven', () => {
    const world = new World()
    world.connect(ALICE)
    for (let i = 0; i < 10; i++) {
      world.lie(ALICE)
      world.clock.advance(6 * MINUTE_MS)
    }
    expect(world.router.isTrusted(ALICE)).toBe(true)
  })

  it('a lie told during the quarter of an hour does not shorten it', () => {
    const world = new World()
    world.connect(ALICE)
    for (let i = 0; i < 3; i++) world.lie(ALICE)
    world.clock.advance(11 * MINUTE_MS)
    world.lie(ALICE)
    expect(world.router.isTrusted(ALICE)).toBe(false)
  })

  it('leaving and coming back does not wash off a lie', () => {
    const world = new World()
    world.connect(ALICE)
    for (let i = 0; i < 3; i++) world.lie(ALICE)
    world.router.disconnected(ALICE)
    expect(world.router.isTrusted(ALICE)).toBe(false)
    world.connect(ALICE)
    expect(world.router.isTrusted(ALICE)).toBe(false)
  })
})
