/**
 * Sessions of go-bitswap 0.1: want-blocks alone. Until somebody delivers, four wants at a time are asked of everybody. Then
 * up to 32 are: the wants at hand and the peers of the session are dealt into as many groups as the split factor says, and
 * each group of wants is asked of all peers of one group. Too many duplicates, and the factor grows; too few, and it falls.
 *
 * Duplicates are those the whole exchange counted since the last look: with more than one session at a time they are not
 * told apart. Peers are ranked by how fast they answered; one that was silent for five seconds ranks as that slow.
 */
import type { CidKey, PeerId } from '../../ids.ts'
import type { Random } from '../../ports.ts'
import type { ClientHost } from '../../session/session-like.ts'
import type { ClientWant, Desk, Tactics } from './base/desk.ts'
import { strategyClient, withoutDontHaves } from './base/strategy-client.ts'
import { IdleTimer } from './boxo/idle-timer.ts'
import { defineClient } from './client-strategy.ts'
import { PeerLatencies } from './split/peer-latencies.ts'
import { SplitFactor } from './split/split-factor.ts'

interface SplitSettings {
  readonly searchDelayMs: number
  readonly broadcastWants: number
  readonly targetedWants: number
  readonly maxPeers: number
}

interface SplitParts {
  readonly desk: Desk
  readonly settings: SplitSettings
  readonly factor: SplitFactor
  readonly random: Random
  /** Duplicates of the exchange so far. */
  readonly duplicates: () => number
  /** Those of the client that are open. */
  readonly sessions: Set<SplitTactics>
}

class SplitTactics implements Tactics {
  readonly #parts: SplitParts
  readonly #latencies: PeerLatencies
  readonly #idle: IdleTimer
  /** Asked of nobody yet. Bounded: open wants. */
  readonly #waiting = new Map<CidKey, ClientWant>()
  /** When each was asked. Bounded: `targetedWants` and what an idle tick adds. */
  readonly #live = new Map<CidKey, number>()
  /** Asked for anything. Bounded: connected peers. */
  readonly #asked = new Set<PeerId>()
  #duplicates: number

  constructor(parts: SplitParts) {
    this.#parts = parts
    this.#latencies = new PeerLatencies()
    this.#duplicates = parts.duplicates()
    this.#idle = new IdleTimer(() => parts.settings.searchDelayMs)
    parts.sessions.add(this)
  }

  wanted(wants: readonly ClientWant[]): void {
    for (const want of wants) this.#waiting.set(want.shared.key, want)
    this.#askNext()
  }

  arrived(want: ClientWant, from: PeerId | undefined): void {
    const now = this.#parts.desk.now()
    const at = this.#end(want)
    if (from !== undefined) {
      this.#latencies.answered(from, now - (at ?? now))
      const duplicates = this.#parts.duplicates()
      this.#parts.factor.received(1, duplicates - this.#duplicates)
      this.#duplicates = duplicates
    }
    if (at !== undefined) this.#idle.arrived(now - at)
    this.#idle.stop()
    this.#askNext()
  }

  presence(): void {
    // Nobody of that time said anything but blocks.
  }

  dropped(want: ClientWant): void {
    this.#end(want)
    this.#askNext()
  }

  /** Also whoever sends a block that came before belongs to the session: it would have had it. */
  sentBlocks(peer: PeerId): void {
    if (this.#asked.has(peer)) this.#latencies.found(peer)
  }

  closed(): void {
    this.#parts.sessions.delete(this)
  }

  /** Whoever connects is told of what is asked for now, as everybody was. */
  peerConnected(peer: PeerId): void {
    if (this.#latencies.size > 0) return
    for (const key of this.#live.keys()) this.#ask(this.#parts.desk.open.get(key), [peer])
  }

  /** What it was asked for is asked of all others. */
  peerLeft(peer: PeerId): void {
    this.#latencies.left(peer)
    this.#asked.delete(peer)
    for (const key of this.#live.keys()) {
      const want = this.#parts.desk.open.get(key)
      if (want === undefined || [...want.shared.told].some((other) => other !== peer)) continue
      this.#ask(want, this.#parts.desk.peers())
    }
  }

  provider(peer: PeerId): void {
    this.#latencies.found(peer)
    for (const key of this.#live.keys()) this.#ask(this.#parts.desk.open.get(key), [peer])
    this.#askNext()
  }

  due(now: number): void {
    if (now >= this.#idle.at) this.#tick(now)
    this.#parts.desk.wakeAt(this.#idle.at)
  }

  /** Nothing came for too long: all that was asked is asked of everybody, and routing about the first. */
  #tick(now: number): void {
    for (const [key, at] of this.#live) {
      const want = this.#parts.desk.open.get(key)
      for (const peer of want?.shared.told ?? []) this.#latencies.silent(peer, now - at)
      this.#live.set(key, now)
      this.#ask(want, this.#parts.desk.peers())
    }
    const [first] = this.#parts.desk.open.values()
    if (first === undefined) {
      this.#idle.stop()
      return
    }
    if (this.#idle.ticks === 0) this.#parts.desk.search(first)
    this.#idle.ticked(now)
  }

  #askNext(): void {
    const { desk, settings, factor, random } = this.#parts
    const ranked = this.#latencies.ranked((peer) => desk.mayAsk(peer)).slice(0, settings.maxPeers)
    const most = ranked.length === 0 ? settings.broadcastWants : settings.targetedWants
    const wants = [...this.#waiting.values()].slice(0, Math.max(0, most - this.#live.size))
    for (const { shared } of wants) {
      this.#waiting.delete(shared.key)
      this.#live.set(shared.key, desk.now())
    }
    if (ranked.length === 0) for (const want of wants) this.#ask(want, desk.peers())
    else
      for (const group of factor.deal(wants, ranked, random))
        for (const want of group.wants) this.#ask(want, group.peers)
    if (this.#live.size > 0 && this.#idle.at === Infinity) this.#idle.start(desk.now())
    desk.wakeAt(this.#idle.at)
  }

  #ask(want: ClientWant | undefined, peers: readonly PeerId[]): void {
    if (want === undefined) return
    const { desk } = this.#parts
    for (const peer of peers) {
      this.#asked.add(peer)
      if (desk.askedFor(want, peer) !== 'block') desk.ask(want, peer, 'block')
    }
  }

  #end({ shared }: ClientWant): number | undefined {
    const at = this.#live.get(shared.key)
    this.#live.delete(shared.key)
    this.#waiting.delete(shared.key)
    return at
  }
}

export const split = defineClient({
  name: 'split',
  about: 'want-blocks to groups of peers; the number of groups follows the share of duplicates',
  source: 'go-bitswap 0.1.8, session and session request splitter',
  parameters: {
    searchDelayMs: {
      about: 'wait for a first block before everybody and routing are asked again',
      unit: 'ms',
      fallback: 1_000,
      min: 0,
      max: 600_000
    },
    broadcastWants: {
      about: 'wants asked at a time while nobody is known',
      unit: 'wants',
      fallback: 4,
      min: 1,
      max: 4_096
    },
    targetedWants: {
      about: 'wants asked at a time of the peers of the session',
      unit: 'wants',
      fallback: 32,
      min: 1,
      max: 4_096
    },
    maxPeers: {
      about: 'peers of the session that are asked, the fastest',
      unit: 'peers',
      fallback: 32,
      min: 1,
      max: 1_024
    },
    initial: { about: 'split factor to begin with', unit: 'parts', fallback: 2, min: 1, max: 1_024 },
    max: { about: 'largest split factor', unit: 'parts', fallback: 16, min: 1, max: 1_024 },
    tooMany: {
      about: 'share of duplicates above which the factor grows',
      unit: 'parts',
      fallback: 0.4,
      min: 0,
      max: 1
    },
    tooFew: { about: 'share of duplicates below which it falls', unit: 'parts', fallback: 0.2, min: 0, max: 1 },
    minBlocks: {
      about: 'blocks between two changes: more than so many',
      unit: 'blocks',
      fallback: 2,
      min: 0,
      max: 1_000
    }
  },
  create: ({ random }, settings) => {
    let host: ClientHost | undefined
    const duplicates = (): number => host?.tally.duplicateBlocks ?? 0
    const sessions = new Set<SplitTactics>()
    const parts = { settings, random, duplicates, sessions }
    return strategyClient((desk) => new SplitTactics({ ...parts, desk, factor: new SplitFactor(settings) }), {
      cancelsSender: true,
      received: (peer, { blocks }) => {
        if (blocks.length > 0) for (const session of sessions) session.sentBlocks(peer)
      },
      attach: (found) => void (host = found),
      sending: (_peer, message) => withoutDontHaves(message)
    })
  }
})
